/** Somebody else may have chosen the name: a mail has none that could be a link or a sentence. */
const plain = /^[\p{L}\d][\p{L}\p{M}\d,'’\- ]{0,40}$/v;

/** The fact that names something, such as a passkey; none where the name is not plain. */
export function plainName(label: string, name: string): [label: string, name: string][] {
  return plain.test(name) ? [[label, name]] : [];
}
