// AssemblyScript: `npm run simd` compiles it into src/kernels/simd/bytes.ts. Everything lies in the memory of the wasm backend.

function accumulate(at: usize, v: v128): void {
  v128.store(at, f32x4.add(v128.load(at), v));
}

/**
 * What some rows add to the gradient of a filter, four taps and eight channels at a time.
 *
 *     dw[i, j, k, o] += Σ_{r, p} x[i·plane + (j + r)·row + p·channels + k] dy[r, p, o]
 *
 * dw: [depths, heights, taps, outputs], the last two rounded up to fours, where anything may stand after the true ones. Up to three
 * numbers beyond the ends of x and dy are read. Strides in bytes.
 */
export function correlateFilter(
  x: usize,
  dy: usize,
  dw: usize,
  rows: i32,
  width: i32,
  channels: i32,
  outputs: i32,
  depths: i32,
  heights: i32,
  taps: i32,
  plane: usize,
  row: usize,
): void {
  const pixel = (<usize>channels) << 2;
  const step = (<usize>outputs) << 2;
  const line = (<usize>((outputs + 3) & ~3)) << 2;
  for (let i: i32 = 0; i < depths; i++) {
    for (let j: i32 = 0; j < heights; j++) {
      const from = x + <usize>i * plane + <usize>j * row;
      for (let k: i32 = 0; k < taps; k += 4) {
        let o: i32 = 0;
        for (; o + 4 < outputs; o += 8) {
          let a0 = f32x4.splat(0),
            a1 = a0,
            a2 = a0,
            a3 = a0;
          let c0 = a0,
            c1 = a0,
            c2 = a0,
            c3 = a0;
          let d = dy + ((<usize>o) << 2);
          for (let r: i32 = 0; r < rows; r++) {
            let q = from + <usize>r * row + ((<usize>k) << 2);
            for (let p: i32 = 0; p < width; p++) {
              const d0 = v128.load(d),
                d1 = v128.load(d, 16);
              let s = v128.load32_splat(q);
              a0 = f32x4.add(a0, f32x4.mul(s, d0));
              c0 = f32x4.add(c0, f32x4.mul(s, d1));
              s = v128.load32_splat(q, 4);
              a1 = f32x4.add(a1, f32x4.mul(s, d0));
              c1 = f32x4.add(c1, f32x4.mul(s, d1));
              s = v128.load32_splat(q, 8);
              a2 = f32x4.add(a2, f32x4.mul(s, d0));
              c2 = f32x4.add(c2, f32x4.mul(s, d1));
              s = v128.load32_splat(q, 12);
              a3 = f32x4.add(a3, f32x4.mul(s, d0));
              c3 = f32x4.add(c3, f32x4.mul(s, d1));
              q += pixel;
              d += step;
            }
          }
          const to = dw + ((<usize>o) << 2);
          accumulate(to, a0);
          accumulate(to + 16, c0);
          accumulate(to + line, a1);
          accumulate(to + line + 16, c1);
          accumulate(to + 2 * line, a2);
          accumulate(to + 2 * line + 16, c2);
          accumulate(to + 3 * line, a3);
          accumulate(to + 3 * line + 16, c3);
        }
        if (o < outputs) {
          let a0 = f32x4.splat(0),
            a1 = a0,
            a2 = a0,
            a3 = a0;
          let d = dy + ((<usize>o) << 2);
          for (let r: i32 = 0; r < rows; r++) {
            let q = from + <usize>r * row + ((<usize>k) << 2);
            for (let p: i32 = 0; p < width; p++) {
              const d0 = v128.load(d);
              a0 = f32x4.add(a0, f32x4.mul(v128.load32_splat(q), d0));
              a1 = f32x4.add(a1, f32x4.mul(v128.load32_splat(q, 4), d0));
              a2 = f32x4.add(a2, f32x4.mul(v128.load32_splat(q, 8), d0));
              a3 = f32x4.add(a3, f32x4.mul(v128.load32_splat(q, 12), d0));
              q += pixel;
              d += step;
            }
          }
          const to = dw + ((<usize>o) << 2);
          accumulate(to, a0);
          accumulate(to + line, a1);
          accumulate(to + 2 * line, a2);
          accumulate(to + 3 * line, a3);
        }
        dw += 4 * line;
      }
    }
  }
}
