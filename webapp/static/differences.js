// Where two texts differ, word by word.

const MOST_CELLS = 4_000_000;

// Pieces [fate, text]: "kept" is in both, "gone" only in the first, "new" only in the second.
export function difference(first, second) {
  const [one, other] = [first, second].map((text) => text.match(/\s+|\S+/g) ?? []);
  let start = 0;
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  let end = 0;
  const room = Math.min(one.length, other.length) - start;
  while (end < room && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const pieces = [
    ["kept", one.slice(0, start).join("")],
    ...compared(one.slice(start, one.length - end), other.slice(start, other.length - end)),
    ["kept", one.slice(one.length - end).join("")],
  ];
  return pieces.filter(([, text]) => text);
}

// All words of both texts in one.
export function combined(first, second) {
  let text = "";
  for (const [, words] of difference(first, second)) {
    const apart = text && !/\s$/.test(text) && !/^\s/.test(words);
    text += apart ? ` ${words}` : words;
  }
  return text;
}

function compared(one, other) {
  const width = other.length + 1;
  if ((one.length + 1) * width > MOST_CELLS) return [["gone", one.join("")], ["new", other.join("")]];
  const common = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        one[i] === other[j]
          ? common[(i + 1) * width + j + 1] + 1
          : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  return walked(one, other, common, width);
}

// A space between two changes is no piece of its own, or the changes would be told word by word.
function walked(one, other, common, width) {
  const pieces = [];
  let [i, j, gone, added] = [0, 0, "", ""];
  const close = () => {
    pieces.push(["gone", gone], ["new", added]);
    [gone, added] = ["", ""];
  };
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      if (!one[i].trim() && (gone || added)) {
        gone += one[i];
        added += one[i];
      } else {
        close();
        pieces.push(["kept", one[i]]);
      }
      i += 1;
      j += 1;
    } else if (j === other.length || (i < one.length && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      gone += one[i];
      i += 1;
    } else {
      added += other[j];
      j += 1;
    }
  }
  close();
  return pieces;
}
