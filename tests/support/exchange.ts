/** Sends this text over a socket, and returns all that the server answers before it hangs up. */
export async function exchange(origin: string, request: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  let answer = "";
  const buffer = new Uint8Array(65536);
  for (let n; (n = await connection.read(buffer).catch(() => null)) !== null;) {
    answer += new TextDecoder("latin1").decode(buffer.subarray(0, n));
  }
  return answer;
}
