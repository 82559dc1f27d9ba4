/** The queue is full, or a hash failed: try again later. */
export class HasherUnavailable extends Error {
  override name = "HasherUnavailable";
}

/** A hash took too long. It held up the others, so it counts as an attempt. */
export class HashTimedOut extends HasherUnavailable {
  override name = "HashTimedOut";
}
