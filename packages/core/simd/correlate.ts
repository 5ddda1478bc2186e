// AssemblyScript: `npm run simd` compiles it into src/kernels/simd/bytes.ts. Everything lies in the memory of the wasm backend.

/** The first n of four numbers. */
function store(to: usize, v: v128, n: i32): void {
  if (n >= 4) v128.store(to, v);
  else {
    if (n & 2) v128.store64_lane(to, v, 0);
    if (n === 3) v128.store32_lane(to, v, 2, 8);
    if (n === 1) v128.store32_lane(to, v, 0);
  }
}

/**
 * A row of a correlation, four pixels and eight channels at a time.
 *
 *     y[p, o] = Σ_{i, j, k} x[i·plane + j·row + p·channels + k] w[i, j, k, o]
 *
 * k runs over the columns of the kernel and the channels together, `taps` in all, which lie one after the other. w, in blocks of
 * eight outputs: [block, depths, heights, taps, 8], four in the last one where no more are needed. width ≥ 4. Strides in bytes.
 */
export function correlate(
  x: usize,
  w: usize,
  y: usize,
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
  const zero = f32x4.splat(0);
  let o: i32 = 0;
  while (o < outputs) {
    const left = outputs - o;
    const wide = left > 4;
    for (let p: i32 = 0; p < width; p += 4) {
      // The last four pixels overlap those before.
      const first = min(p, width - 4);
      const from = x + <usize>first * pixel;
      let v = w;
      let a0 = zero,
        a1 = zero,
        a2 = zero,
        a3 = zero;
      const to = y + <usize>first * step;
      if (wide) {
        let c0 = zero,
          c1 = zero,
          c2 = zero,
          c3 = zero;
        for (let i: i32 = 0; i < depths; i++) {
          for (let j: i32 = 0; j < heights; j++) {
            let q0 = from + <usize>i * plane + <usize>j * row;
            let q1 = q0 + pixel,
              q2 = q1 + pixel,
              q3 = q2 + pixel;
            for (let k: i32 = 0; k < taps; k++) {
              const w0 = v128.load(v),
                w1 = v128.load(v, 16);
              let s = v128.load32_splat(q0);
              a0 = f32x4.add(a0, f32x4.mul(s, w0));
              c0 = f32x4.add(c0, f32x4.mul(s, w1));
              s = v128.load32_splat(q1);
              a1 = f32x4.add(a1, f32x4.mul(s, w0));
              c1 = f32x4.add(c1, f32x4.mul(s, w1));
              s = v128.load32_splat(q2);
              a2 = f32x4.add(a2, f32x4.mul(s, w0));
              c2 = f32x4.add(c2, f32x4.mul(s, w1));
              s = v128.load32_splat(q3);
              a3 = f32x4.add(a3, f32x4.mul(s, w0));
              c3 = f32x4.add(c3, f32x4.mul(s, w1));
              v += 32;
              q0 += 4;
              q1 += 4;
              q2 += 4;
              q3 += 4;
            }
          }
        }
        store(to + 16, c0, left - 4);
        store(to + 16 + step, c1, left - 4);
        store(to + 16 + 2 * step, c2, left - 4);
        store(to + 16 + 3 * step, c3, left - 4);
      } else {
        for (let i: i32 = 0; i < depths; i++) {
          for (let j: i32 = 0; j < heights; j++) {
            let q0 = from + <usize>i * plane + <usize>j * row;
            let q1 = q0 + pixel,
              q2 = q1 + pixel,
              q3 = q2 + pixel;
            for (let k: i32 = 0; k < taps; k++) {
              const w0 = v128.load(v);
              a0 = f32x4.add(a0, f32x4.mul(v128.load32_splat(q0), w0));
              a1 = f32x4.add(a1, f32x4.mul(v128.load32_splat(q1), w0));
              a2 = f32x4.add(a2, f32x4.mul(v128.load32_splat(q2), w0));
              a3 = f32x4.add(a3, f32x4.mul(v128.load32_splat(q3), w0));
              v += 16;
              q0 += 4;
              q1 += 4;
              q2 += 4;
              q3 += 4;
            }
          }
        }
      }
      store(to, a0, left);
      store(to + step, a1, left);
      store(to + 2 * step, a2, left);
      store(to + 3 * step, a3, left);
    }
    const block: i32 = wide ? 8 : 4;
    w += (<usize>(depths * heights * taps * block)) << 2;
    y += (<usize>block) << 2;
    o += block;
  }
}
