/** Rows of at least so many bytes are worth a call of the engine's own copy. */
const long: usize = 256;

/** Copies rows of words, whose bits stay. Places, lengths and steps from the start of one row to the next in bytes. */
export function copyRows(
  from: usize,
  to: usize,
  rows: i32,
  length: usize,
  stepFrom: usize,
  stepTo: usize,
): void {
  for (let r: i32 = 0; r < rows; r++) {
    if (length >= long) memory.copy(to, from, length);
    else {
      let i: usize = 0;
      for (; i + 16 <= length; i += 16) v128.store(to + i, v128.load(from + i));
      for (; i < length; i += 4) store<u32>(to + i, load<u32>(from + i));
    }
    from += stepFrom;
    to += stepTo;
  }
}
