// Draws the charts of a page from its two data blocks, after the page can be used: the library is fetched then, and so
// are figures that take long (`data-from`). Colours are the page's tokens, so dark mode needs nothing more.
"use strict";

const source = document.getElementById("chart-data");
let data = JSON.parse(source.textContent);
const words = JSON.parse(document.getElementById("chart-words").textContent);
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const drawn = [];

function frame(labels) {
  const text = { color: token("--muted"), fontFamily: token("--sans") };
  return {
    // Rich text is drawn on the canvas: a tooltip of markup would need inline styles, which the content policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: token("--surface"), borderColor: token("--line-strong"), textStyle: { color: token("--text") } },
    grid: { left: 8, right: 14, top: 34, bottom: 4, containLabel: true },
    textStyle: text,
    legend: { top: 0, right: 4, textStyle: text, itemHeight: 9 },
    xAxis: { type: "category", data: labels, axisLine: { lineStyle: { color: token("--line-strong") } }, axisTick: { show: false }, axisLabel: text },
    yAxis: { type: "value", splitLine: { lineStyle: { color: token("--line") } }, axisLabel: text },
    animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: true },
  };
}

function volume({ labels, messages, speakers }) {
  const option = frame(labels);
  option.series = [
    { name: words.messages, type: "bar", data: messages, itemStyle: { color: token("--brand"), opacity: 0.75, borderRadius: [5, 5, 0, 0] }, barMaxWidth: 42 },
    { name: words.speakers, type: "line", data: speakers, smooth: false, symbolSize: 7, lineStyle: { color: token("--warn"), width: 2 }, itemStyle: { color: token("--warn") } },
  ];
  return option;
}

// A point for each week and a line for its interval; a week without a figure stays empty.
function intervals({ labels, points }, name) {
  // What a point rests on stands below its week: it is read without a pointer, and on paper.
  const option = frame(labels.map((label, index) => `${label}\nn=${points[index].n}`));
  const isShare = name !== "tone";
  option.yAxis.min = isShare ? 0 : -1;
  option.yAxis.max = 1;
  option.legend.show = false;
  const shown = (value) => (value === null ? "–" : isShare ? `${Math.round(100 * value)}%` : value.toFixed(2));
  if (isShare) option.yAxis.axisLabel = { ...option.yAxis.axisLabel, formatter: (value) => `${Math.round(100 * value)}%` };
  option.tooltip.formatter = (items) => {
    const point = points[items[0].dataIndex];
    return `${labels[items[0].dataIndex]}\n${shown(point.value)}  (${words.interval} ${shown(point.low)} – ${shown(point.high)}, n = ${point.n})`;
  };
  option.series = [
    {
      type: "custom", silent: true, data: points.map((point, index) => [index, point.low, point.high]), encode: { x: 0, y: [1, 2] },
      renderItem: (_, api) => {
        const [low, high] = [api.value(1), api.value(2)];
        if (Number.isNaN(low) || Number.isNaN(high)) return null;
        const from = api.coord([api.value(0), low]);
        const to = api.coord([api.value(0), high]);
        return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: token("--brand"), lineWidth: 6, opacity: 0.28, lineCap: "round" } };
      },
    },
    { type: "line", data: points.map((point) => point.value), connectNulls: false, symbol: "circle", showAllSymbol: true, symbolSize: 9, lineStyle: { color: token("--brand"), width: 2 }, itemStyle: { color: token("--brand-strong") } },
  ];
  return option;
}

// Precision and recall by cut: each with the band of its interval, and a mark where the cut in question is.
function curve({ labels, lines, marked }) {
  const option = frame(labels);
  option.yAxis.min = 0;
  option.yAxis.max = 1;
  option.yAxis.axisLabel = { ...option.yAxis.axisLabel, formatter: (value) => `${Math.round(100 * value)}%` };
  // Room for the mark's name below the legend, and for the axis' own below its numbers.
  Object.assign(option.grid, { top: 54, bottom: 22 });
  Object.assign(option.xAxis, { name: words.cut, nameLocation: "middle", nameGap: 26, nameTextStyle: { color: token("--muted") } });
  const shown = (value) => (value === null ? "–" : `${Math.round(100 * value)}%`);
  option.tooltip.formatter = (items) => {
    const at = items[0].dataIndex;
    const said = [words.precision, words.recall].map((name, index) => {
      const point = lines[index][at];
      return `${name} ${shown(point.value)}  (${shown(point.low)} – ${shown(point.high)}, n = ${point.n})`;
    });
    return [`${words.cut} ${labels[at]}`, ...said].join("\n");
  };
  option.series = lines.flatMap((points, index) => {
    const colour = token(index ? "--warn" : "--brand");
    const name = index ? words.recall : words.precision;
    const band = { type: "line", stack: `band ${index}`, symbol: "none", silent: true, lineStyle: { opacity: 0 }, tooltip: { show: false } };
    return [
      { ...band, data: points.map((point) => point.low) },
      { ...band, data: points.map((point) => (point.low === null ? null : point.high - point.low)), areaStyle: { color: colour, opacity: 0.13 } },
      { name, type: "line", data: points.map((point) => point.value), symbol: index ? "rect" : "circle", symbolSize: 7, lineStyle: { color: colour, width: 2, type: index ? "dashed" : "solid" }, itemStyle: { color: colour } },
    ];
  });
  if (marked && labels.includes(marked)) option.series[2].markLine = { silent: true, symbol: "none", label: { formatter: words.cut, color: token("--muted") }, lineStyle: { color: token("--bad") }, data: [{ xAxis: marked }] };
  option.legend.data = [words.precision, words.recall];
  return option;
}

// Who replied to whom. Roles have shapes besides colours. `place` is measured: on a phone dots are smaller and fewer have names.
function network({ people, links }, place) {
  const isNarrow = place.clientWidth < 560;
  const roles = ["answers", "connects", "calms", "other"];
  const colours = { answers: token("--brand"), connects: token("--warn"), calms: token("--info"), other: token("--line-strong") };
  const shapes = { answers: "circle", connects: "diamond", calms: "roundRect", other: "circle" };
  const most = Math.max(...people.map((one) => one.replies), 1);
  const strongest = Math.max(...links.map((one) => one.replies), 1);
  const labelled = new Set(people.slice(0, isNarrow ? 7 : 16).map((one) => one.id));
  const text = { color: token("--text"), fontFamily: token("--sans"), fontSize: 12 };
  return {
    tooltip: { renderMode: "richText", backgroundColor: token("--surface"), borderColor: token("--line-strong"), textStyle: { color: token("--text") }, formatter: ({ data: one }) => (one.target ? `${one.replies} ${words.replies}` : `${one.name}\n${one.replies} ${words.replies}`) },
    legend: { bottom: 8, left: "center", itemGap: isNarrow ? 12 : 20, textStyle: { ...text, color: token("--muted") }, data: roles.map((role) => ({ name: words[role], icon: shapes[role] })) },
    aria: { enabled: true },
    series: [{
      type: "graph", layout: "force", roam: "move", draggable: true, ...margins, labelLayout: { hideOverlap: true },
      // The picture is worked out before it is shown: nothing swims about, and nobody waits for it to stand still.
      force: { repulsion: 85, edgeLength: [20, 90], gravity: 0.2, layoutAnimation: false },
      categories: roles.map((role) => ({ name: words[role], symbol: shapes[role], itemStyle: { color: colours[role] } })),
      data: people.map((one) => ({ id: one.id, name: one.name, replies: one.replies, category: roles.indexOf(one.role), symbol: shapes[one.role], symbolSize: (isNarrow ? 0.6 : 1) * (9 + 30 * Math.sqrt(one.replies / most)), label: { ...text, show: labelled.has(one.id) || one.role !== "other", position: "right", width: isNarrow ? 84 : 110, overflow: "truncate" } })),
      links: links.map((one) => ({ ...one, lineStyle: { color: token("--muted"), opacity: 0.18 + 0.5 * (one.replies / strongest), width: 1 + 4 * (one.replies / strongest) } })),
      emphasis: { focus: "adjacency", label: { show: true } },
    }],
  };
}

const margins = { top: 28, bottom: 52, left: 28, right: 28 };

// Forces do not know where the picture ends: what they found is stretched to the place, names of those at the right go left.
function fit(chart, place) {
  const series = chart.getModel().getSeriesByIndex(0);
  const found = series.getData();
  const at = Array.from({ length: found.count() }, (_, index) => found.getItemLayout(index));
  if (at.length < 2 || at.some((point) => !point)) return;
  const [width, height] = [place.clientWidth - margins.left - margins.right, place.clientHeight - margins.top - margins.bottom];
  const along = (axis, size) => {
    const all = at.map((point) => point[axis]);
    const [from, to] = [Math.min(...all), Math.max(...all)];
    return all.map((value) => (to > from ? ((value - from) / (to - from)) * size : size / 2));
  };
  const [xs, ys] = [along(0, width), along(1, height)];
  const nodes = series.option.data.map((one, index) => ({ ...one, x: xs[index], y: ys[index], label: { ...one.label, position: xs[index] > 0.6 * width ? "left" : "right" } }));
  chart.setOption({ series: [{ layout: "none", data: nodes }] });
}

const kinds = { volume, network, curve };
const isNothing = {
  volume: () => false,
  network: ({ people }) => !people.length,
  curve: ({ labels }) => !labels.length,
};

function draw() {
  for (const chart of drawn.splice(0)) chart.dispose();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const name = place.dataset.chart;
    const isEmpty = (isNothing[name] || (({ points }) => points.every((point) => point.value === null)))(data[name]);
    if (isEmpty) { say(place, words.nothing); continue; }
    place.replaceChildren();
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(name in kinds ? kinds[name](data[name], place) : intervals(data[name], name));
    if (name === "network") fit(chart, place);
    drawn.push(chart);
  }
}

function say(place, text) {
  place.replaceChildren(Object.assign(document.createElement("p"), { className: "empty empty-hint", textContent: text }));
}

function library() {
  if (window.echarts) return Promise.resolve();
  return new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("script"), { src: source.dataset.library, onload: resolve, onerror: reject }));
  });
}

async function figures() {
  if (!source.dataset.from) return;
  const answer = await fetch(source.dataset.from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  data = await answer.json();
}

async function start() {
  try {
    await Promise.all([library(), figures()]);
  } catch {
    for (const place of document.querySelectorAll("[data-chart]")) say(place, words.failed);
    return;
  }
  draw();
  window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

if (document.readyState === "complete") start();
else window.addEventListener("load", start);
