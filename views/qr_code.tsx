import { encode } from "uqr";

/** In modules: without a light margin, cameras do not find the code (ISO/IEC 18004). */
const MARGIN = 4;

/** A QR code as an inline drawing, dark on light in dark mode too: cameras expect that. */
export function QrCode({ content, label }: { content: string; label: string }) {
  const { data, size } = encode(content, { ecc: "M", border: MARGIN });
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={data.flatMap(runsOf).join("")} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

/** The dark modules of a row, each run of neighbours as one rectangle. */
function runsOf(row: readonly boolean[], y: number): string[] {
  const bits = row.map((isDark) => isDark ? "1" : "0").join("");
  const runs = bits.matchAll(/1+/g);
  return Array.from(runs, ({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`);
}
