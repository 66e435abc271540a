// What was changed between two texts, word by word: the longest words in common stay.

/** Pieces in order, each { text, mark }, mark being "same", "gone" or "new". */
export function differences(before, after) {
  const [one, other] = [before, after].map((text) => text.match(/\s+|[^\s]+/gu) ?? []);
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const middle = between(one.slice(start, one.length - end), other.slice(start, other.length - end));
  const pieces = [...one.slice(0, start).map(same), ...middle, ...(end ? one.slice(-end) : []).map(same)];
  return pieces.reduce((joined, piece) => {
    const last = joined.at(-1);
    if (last && last.mark === piece.mark) last.text += piece.text;
    else joined.push({ ...piece });
    return joined;
  }, []);
}

const same = (text) => ({ text, mark: "same" });

function between(one, other) {
  const width = other.length + 1;
  const most = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      most[i * width + j] = one[i] === other[j] ? most[(i + 1) * width + j + 1] + 1
        : Math.max(most[(i + 1) * width + j], most[i * width + j + 1]);
    }
  }
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) { pieces.push(same(one[i++])); j++; }
    else if (i < one.length && (j === other.length || most[(i + 1) * width + j] >= most[i * width + j + 1])) pieces.push({ text: one[i++], mark: "gone" });
    else pieces.push({ text: other[j++], mark: "new" });
  }
  return pieces;
}
