/** More attempts are under way than this process can serve in good time: try again later. */
export class Overloaded extends Error {
  override name = "Overloaded";
}
