const drawingElement = document.getElementById("drawing");
let plotly = null;

/** Load plotly.js out of this file; the page's policy lets this very text run, and no other. */
async function loadPlotly() {
  const script = make("script");
  script.textContent = await unpacked("library");
  document.head.append(script);
  script.remove();
  plotly = window.Plotly;
  document.getElementById("library").remove();
}

/** Return a colour of the style sheet in the present scheme. */
function colour(name) {
  drawingElement.style.color = `var(${name})`;
  const found = getComputedStyle(drawingElement).color;
  drawingElement.style.color = "";
  return found;
}

/** Return text that plotly.js shows as it is, although it knows some tags of its own. */
const verbatim = (text) => text.replace(/[\u0000-\u001f]/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const SIDES = { right: "middle right", left: "middle left", top: "top center", bottom: "bottom center" };

/** Draw a layout; a click on a point opens its node. */
function draw(layout, width, open) {
  const text = colour("--text");
  const traces = [
    lineTrace(layout.lines.filter((line) => line.isDotted), { color: colour("--edge"), width: 1.2, dash: "dot" }),
    lineTrace(layout.lines.filter((line) => line.isFaint && !line.isDotted), { color: colour("--line"), width: 1 }),
    lineTrace(layout.lines.filter((line) => !line.isFaint), { color: colour("--edge"), width: 1.4 }),
    arrowTrace(layout.lines.filter((line) => !line.isPlain && !line.isFaint), colour("--strong-line")),
    ...pointTraces(layout.points, text),
    ...[true, false].map((isHeading) => textTrace(layout.texts.filter((each) => Boolean(each.isHeading) === isHeading), isHeading ? text : colour("--quiet"))),
  ];
  const axis = { visible: false, zeroline: false, showgrid: false };
  const frame = {
    width, height: layout.height, margin: { l: 0, r: 0, t: 0, b: 0, pad: 0 },
    xaxis: { ...axis, range: [0, width] }, yaxis: { ...axis, range: [layout.height, 0] },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, hovermode: "closest", dragmode: "pan",
    font: { family: 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif', size: 12, color: text },
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--strong-line"), font: { color: text, size: 12 }, align: "left" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("--quiet"), activecolor: text },
  };
  const settings = { displaylogo: false, showTips: false, modeBarButtons: [["zoomIn2d", "zoomOut2d", "resetScale2d"]], doubleClick: "reset" };
  if (!drawingElement.classList.contains("js-plotly-plot")) drawingElement.replaceChildren();
  plotly.react(drawingElement, traces, frame, settings);
  drawingElement.removeAllListeners("plotly_click");
  drawingElement.on("plotly_click", ({ points }) => points[0].customdata === undefined || open(points[0].customdata));
}

function lineTrace(lines, line) {
  const gaps = (axis) => lines.flatMap((each) => [...each[axis], null]);
  return { type: "scatter", mode: "lines", x: gaps("xs"), y: gaps("ys"), line, hoverinfo: "skip" };
}

function arrowTrace(lines, tint) {
  const ends = (axis) => lines.flatMap((line) => [line[axis].at(-2), line[axis].at(-1), null]);
  const size = lines.flatMap(() => [0, 8, 0]);
  return { type: "scatter", mode: "markers", x: ends("xs"), y: ends("ys"), marker: { symbol: "arrow", angleref: "previous", size, color: tint, line: { width: 0 } }, hoverinfo: "skip" };
}

function pointTraces(points, text) {
  const types = [...new Set(points.map((point) => point.node.type))];
  return types.map((type) => {
    const own = points.filter((point) => point.node.type === type);
    return {
      type: "scatter", mode: "markers+text", cliponaxis: false,
      x: own.map((point) => point.x), y: own.map((point) => point.y), customdata: own.map((point) => point.node.place),
      text: own.map((point) => verbatim(point.label)), textposition: own.map((point) => SIDES[point.side]), textfont: { color: text },
      hovertext: own.map((point) => verbatim(hoverText(point.node))), hoverinfo: "text",
      marker: { symbol: type.shape, size: own.map((point) => point.radius * 2), color: colour(type.colour), opacity: 1, line: { color: colour("--ground"), width: 1.5 } },
    };
  });
}

function textTrace(texts, tint) {
  return {
    type: "scatter", mode: "text", x: texts.map((each) => each.x), y: texts.map((each) => each.y), hoverinfo: "skip",
    text: texts.map((each) => verbatim(each.text)), textposition: texts.map((each) => SIDES[each.side]), textfont: { color: tint },
  };
}

function hoverText(node) {
  const count = node.type.isContainer ? `, ${counted(memberships(node, true), "direct member", "direct members")}` : "";
  return `${node.name} (${node.type.name}${count})`;
}

/** Return a type's mark as in the drawing: its shape in its colour. */
function mark(type) {
  const outlines = {
    circle: "M8 2a6 6 0 1 0 .01 0Z", square: "M3 3h10v10H3Z", diamond: "M8 1l7 7-7 7-7-7Z", "triangle-up": "M8 2l7 12H1Z",
    hexagon: "M8 1l6 3.5v7L8 15l-6-3.5v-7Z", star: "M8 1l2 5h5l-4 3.4L12.500 15 8 11.500 3.500 15 5 9.400 1 6h5Z", cross: "M6 2h4v4h4v4h-4v4H6v-4H2V6h4Z",
  };
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", outlines[type.shape]);
  path.style.fill = `var(${type.colour})`;
  svg.append(path);
  return svg;
}
