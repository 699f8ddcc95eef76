import { eventually, ScrapedMetrics } from '@app/common/testing';
import { call, type HttpAnswer } from './http';

export const OPEN_METRICS = 'application/openmetrics-text';
/** As Prometheus sends it. */
export const PROMETHEUS_ACCEPT =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

export async function scrapeAnswer(port: number, accept?: string): Promise<HttpAnswer> {
  return call(port, { path: '/metrics', headers: accept === undefined ? {} : { accept } });
}

export async function scrape(port: number, accept?: string): Promise<ScrapedMetrics> {
  return new ScrapedMetrics((await scrapeAnswer(port, accept)).body);
}

/**
 * Scrapes until everybody who is asked for figures has told some since `since`, in Unix seconds: on a machine that is
 * busy with other tests they may take longer than a scrape waits.
 */
export async function scrapeSampled(port: number, since = 1): Promise<ScrapedMetrics> {
  let metrics = await scrape(port);
  await eventually(async () => {
    metrics = await scrape(port);
    return metrics.find('wellness_metrics_sample_timestamp_seconds').every(({ value }) => value >= since);
  });
  return metrics;
}

export type Labels = Readonly<Record<string, string>>;
/** By how much the series with these labels, and maybe more, have grown together. */
export type Growth = (name: string, labels?: Labels) => number;

/** What `act` changed. A request is counted when it has ended, which whoever sent it may know a moment earlier. */
export async function growthOf(port: number, act: () => Promise<unknown>): Promise<Growth> {
  const before = await scrape(port);
  await act();
  const after = await scrape(port);
  return (name, labels = {}) => (after.value(name, labels) ?? 0) - (before.value(name, labels) ?? 0);
}

/** A series, and by how much it has to grow. */
export type Expected = readonly [name: string, labels: Labels, by: number];

/** Something that is done, and what of it the metrics have to tell. */
export interface Figures {
  readonly what: string;
  readonly act: () => Promise<unknown>;
  readonly grows: readonly Expected[];
  /** Names of which no series may grow. */
  readonly stays?: readonly string[];
}

export const REQUESTS = 'wellness_http_requests_total';
export const DURATIONS = 'wellness_http_request_duration_seconds_count';
export const ERRORS = 'wellness_errors_total';

export async function expectFigures(port: number, { act, grows, stays = [] }: Figures): Promise<void> {
  const growth = await growthOf(port, act);
  expect(grows.map(([name, labels]) => [name, labels, growth(name, labels)])).toEqual(grows);
  expect(stays.map((name) => [name, growth(name)])).toEqual(stays.map((name) => [name, 0]));
}
