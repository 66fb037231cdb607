/** The ways between two nodes, from left to right; from top to bottom where it is narrow. */
function along({ ways, start, goal }, width) {
  const layer = new Map();
  for (const way of ways.slice(0, NEIGHBOURS)) way.forEach((node, index) => layer.has(node) || layer.set(node, index));
  layer.set(start, 0);
  const last = Math.max(...ways.slice(0, NEIGHBOURS).map((way) => way.length - 1));
  if (start !== goal) layer.set(goal, last);
  const layers = Array.from({ length: last + 1 }, (_, index) => [...layer.keys()].filter((node) => layer.get(node) === index));
  const isNarrow = width < NARROW;
  const tallest = Math.max(...layers.map((nodes) => nodes.length));
  const height = isNarrow ? 40 + last * 74 + 40 : Math.max(200, tallest * 62 + 40);
  const at = new Map();
  layers.forEach((nodes, index) => nodes.forEach((node, place) => {
    const across = isNarrow ? (width * (place + 0.5)) / nodes.length : 70 + (index * (width - 140)) / Math.max(1, last);
    const down = isNarrow ? 36 + index * 74 : (height * (place + 0.5)) / nodes.length + 8;
    const room = isNarrow ? width / nodes.length - 10 : Math.min(230, (width - 140) / Math.max(1, last) - 14);
    at.set(node, { node, x: across, y: down, radius: node === start || node === goal ? 11 : 8, side: "top", label: fitted(node.name, Math.max(60, room)) });
  }));
  const pairs = new Map(ways.slice(0, NEIGHBOURS).flatMap((way) => way.slice(1).map((node, index) => [`${way[index].place} ${node.place}`, [way[index], node]])));
  const lines = [...pairs.values()].map(([one, other]) => (isNarrow ? straight(at.get(one), at.get(other)) : loop(at.get(one), at.get(other))));
  return { points: [...at.values()], lines, texts: [], height };
}
