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
    at.set(node, { node, x: across, y: down, radius: node === start || node === goal ? 11 : 8, side: "top", label: node.name });
  }));
  if (!isNarrow) spread([...at.values()], width);
  for (const point of at.values()) point.label = fitted(point.label, Math.max(60, room(point, at.values(), width)));
  const pairs = new Map(ways.slice(0, NEIGHBOURS).flatMap((way) => way.slice(1).map((node, index) => [`${way[index].place} ${node.place}`, [way[index], node]])));
  const lines = [...pairs.values()].map(([one, other]) => {
    const leap = Math.abs(layer.get(other) - layer.get(one));
    if (leap > 1) return aside(at.get(one), at.get(other), leap, isNarrow);
    return isNarrow ? straight(at.get(one), at.get(other)) : loop(at.get(one), at.get(other));
  });
  return { points: [...at.values()], lines, texts: [], height };
}

/** Return a line that leaps over layers: it swings out, so that it does not seem to lead through what lies between. */
function aside(one, other, leap, isNarrow) {
  const far = 56 + 12 * leap;
  const [x0, y0, x1, y1] = isNarrow
    ? [one.x + one.radius, one.y, other.x + other.radius + 3, other.y]
    : [one.x, one.y + one.radius, other.x, other.y + other.radius + 3];
  return isNarrow ? bezier([x0, y0], [x0 + far, y0], [x1 + far, y1], [x1, y1]) : bezier([x0, y0], [x0 + 20, y0 + far], [x1 - 20, y1 + far], [x1, y1]);
}

/** Put labels that are too wide to stand beside each other below their points, wherever they have more room there. */
function spread(points, width) {
  const isTight = (point) => wide(point.label) > room(point, points, width);
  if (!points.some(isTight)) return;
  [...new Set(points.map((point) => point.x))].forEach((x, layer) => {
    if (layer % 2) for (const point of points) if (point.x === x) point.side = "bottom";
  });
  for (const point of points.filter(isTight)) {
    const before = room(point, points, width);
    point.side = point.side === "top" ? "bottom" : "top";
    if (room(point, points, width) <= before) point.side = point.side === "top" ? "bottom" : "top";
  }
}

/** Return how wide the label of a point may be: up to the middle between it and its neighbours, and up to the edges. */
function room(point, points, width) {
  const line = ({ y, radius, side }) => y + (side === "top" ? -1 : 1) * (radius + 8);
  const beside = [...points].filter((other) => other !== point);
  const labels = beside.filter((other) => Math.abs(line(other) - line(point)) < 16).map((other) => Math.abs(other.x - point.x) - 14);
  const marks = beside.filter((other) => Math.abs(other.y - line(point)) < other.radius + 6).map((other) => 2 * (Math.abs(other.x - point.x) - other.radius - 6));
  return Math.min(2 * Math.min(point.x, width - point.x) - 6, ...labels, ...marks);
}
