// Draws the charts of a page from its two data blocks. Colours are the page's tokens, so dark mode needs nothing more.
"use strict";

const data = JSON.parse(document.getElementById("chart-data").textContent);
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
  const option = frame(labels);
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

function draw() {
  for (const chart of drawn.splice(0)) chart.dispose();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const name = place.dataset.chart;
    const isEmpty = name !== "volume" && data[name].points.every((point) => point.value === null);
    if (isEmpty) {
      place.replaceChildren(Object.assign(document.createElement("p"), { className: "empty empty-hint", textContent: words.nothing }));
      continue;
    }
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(name === "volume" ? volume(data.volume) : intervals(data[name], name));
    drawn.push(chart);
  }
}

draw();
window.addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
