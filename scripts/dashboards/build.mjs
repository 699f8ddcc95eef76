import common from '@grafana/grafana-foundation-sdk/common';
import dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

const SOURCE = { type: 'prometheus', uid: '${datasource}' };
/** `{@}` in an expression: the replicas that were chosen. */
const CHOSEN = 'job=~"$job", instance=~"$instance"';
const TAG = 'wellness-api';
const HEIGHT = 8;

/**
 * A dashboard as Grafana takes it.
 *
 * `rows` are `{ title, panels }`; a panel is `{ title, about, unit, queries, stat?, steps?, span?, max?, runbook?, stack? }`
 * with `queries` as pairs of expression and legend, and `steps` as pairs of lowest value and colour, the first without
 * a value.
 */
export function dashboardOf({ uid, title, about, rows }) {
  const builder = new dashboard.DashboardBuilder(`Wellness API: ${title}`)
    .uid(`wellness-${uid}`)
    .description(about)
    .tags([TAG])
    .readonly()
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair);
  for (const variable of variables()) builder.withVariable(variable);
  builder.link(
    new dashboard.DashboardLinkBuilder('Dashboards')
      .type(dashboard.DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
  );
  builder.link(linkTo('Runbooks', 'README.md'));
  let id = 0;
  for (const row of rows) {
    builder.withRow(new dashboard.RowBuilder(row.title).id((id += 1)));
    for (const panel of row.panels) builder.withPanel(panelOf(panel).id((id += 1)));
  }
  const built = builder.build();
  // The builder's only placement hides links in a menu; without one they stand on top of the dashboard.
  for (const link of built.links) delete link.placement;
  return built;
}

function variables() {
  const { VariableRefresh, VariableSort } = dashboard;
  const labelOf = (name, query) =>
    new dashboard.QueryVariableBuilder(name)
      .label(name)
      .datasource(SOURCE)
      .query({ query, refId: name })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc);
  return [
    new dashboard.DatasourceVariableBuilder('datasource').label('data source').type('prometheus'),
    labelOf('job', 'label_values(wellness_build_info, job)'),
    labelOf('instance', 'label_values(wellness_build_info{job=~"$job"}, instance)')
      .multi(true)
      .includeAll(true)
      .allValue('.+'),
    // Where docs/operations of this repository can be read.
    new dashboard.TextBoxVariableBuilder('runbooks')
      .label('runbooks at')
      .defaultValue('https://docs.example.com/operations'),
  ];
}

function linkTo(title, page) {
  return new dashboard.DashboardLinkBuilder(title)
    .type(dashboard.DashboardLinkType.Link)
    .icon('doc')
    .url(`\${runbooks}/${page}`)
    .targetBlank(true);
}

function panelOf({ title, about, unit, queries, stat, steps, span, max, runbook, stack }) {
  const panel = stat ? statPanel() : timeseriesPanel(steps, stack);
  panel
    .title(title)
    .description(about)
    .unit(unit)
    .datasource(SOURCE)
    .height(stat ? 4 : HEIGHT)
    .span(span ?? (stat ? 4 : 8));
  if (!unit.startsWith('dateTime')) panel.min(0);
  if (max !== undefined) panel.max(max);
  panel.thresholds(
    new dashboard.ThresholdsConfigBuilder()
      .mode(dashboard.ThresholdsMode.Absolute)
      .steps((steps ?? [[null, 'green']]).map(([value, color]) => ({ value, color }))),
  );
  for (const [at, [expr, legend]] of queries.entries()) panel.withTarget(targetOf(expr, legend, at));
  if (runbook) panel.links([linkTo('Runbook', runbook)]);
  return panel;
}

function statPanel() {
  return new StatBuilder()
    .graphMode(common.BigValueGraphMode.Area)
    .colorMode(common.BigValueColorMode.Value)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
}

function timeseriesPanel(steps, stack) {
  const panel = new TimeseriesBuilder()
    .lineWidth(1)
    .fillOpacity(stack ? 30 : 8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.Table)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  if (stack) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  if (steps) {
    const { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode } = common;
    panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line));
  }
  return panel;
}

function targetOf(expr, legend, at) {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + at))
    .datasource(SOURCE)
    .expr(expr.replaceAll('@', CHOSEN))
    .legendFormat(legend)
    .range()
    .exemplar(expr.includes('histogram_quantile'));
}
