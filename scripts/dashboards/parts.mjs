/** Budgets of 0.1 %: 6 times as fast is a page. */
export const SLO_STEPS = [
  [null, 'green'],
  [0.001, 'orange'],
  [0.006, 'red'],
];

export const BUDGET_STEPS = [
  [null, 'red'],
  [0, 'orange'],
  [0.25, 'green'],
];

/** Median, p95 and p99 of a histogram. */
export function quantiles(metric, selector, by = []) {
  const labels = ['le', ...by].join(', ');
  const names = by.map((label) => `{{${label}}} `).join('');
  return [0.5, 0.95, 0.99].map((quantile) => [
    `histogram_quantile(${quantile}, sum by (${labels}) (rate(${metric}_bucket{${selector}}[$__rate_interval])))`,
    `${names}p${quantile * 100}`,
  ]);
}

/** One quantile of a histogram, by labels. */
export function quantileBy(quantile, metric, selector, by) {
  return [
    `histogram_quantile(${quantile}, sum by (${['le', ...by].join(', ')}) (rate(${metric}_bucket{${selector}}[$__rate_interval])))`,
    by.map((label) => `{{${label}}}`).join(' '),
  ];
}

export const rate = (metric, by, legend = by.map((label) => `{{${label}}}`).join(' ')) => [
  `sum by (${by.join(', ')}) (rate(${metric}{@}[$__rate_interval]))`,
  legend,
];
