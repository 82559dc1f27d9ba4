/** A certificate for this machine that nobody signed. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate with OpenSSL. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = await Deno.makeTempDir({ prefix: "latchkey-" });
  const keyFile = `${folder}/key.pem`;
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0.0.0.0";
  try {
    const { success, stdout, stderr } = await new Deno.Command("openssl", {
      // deno-fmt-ignore
      args: [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-keyout", keyFile,
        "-addext", "basicConstraints=critical,CA:FALSE", "-addext", names,
      ],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return { cert: new TextDecoder().decode(stdout), key: await Deno.readTextFile(keyFile) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
