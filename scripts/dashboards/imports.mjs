import { quantileBy, rate } from './parts.mjs';

export const imports = {
  uid: 'imports',
  title: 'imports',
  about: 'Exports that users uploaded: how many wait, how they go, how they end.',
  rows: [
    {
      title: 'Backlog',
      panels: [
        {
          title: 'Oldest import that waits',
          about: 'Since it was queued.',
          unit: 's',
          stat: true,
          span: 8,
          steps: [
            [null, 'green'],
            [300, 'orange'],
            [900, 'red'],
          ],
          runbook: 'imports.md#wellnessimportbacklogold',
          queries: [['max by (job) (wellness_import_queue_oldest_age_seconds{@})', '{{job}}']],
        },
        {
          title: 'Queue',
          about: 'All replicas share it.',
          unit: 'short',
          stat: true,
          span: 8,
          runbook: 'imports.md#wellnessimportbacklogdeep',
          queries: [['max by (state) (wellness_import_queue_jobs{@})', '{{state}}']],
        },
        {
          title: 'Uploads on disks',
          about: 'Whose import has not ended; those that are in no queue wait for Redis.',
          unit: 'short',
          stat: true,
          span: 8,
          queries: [['sum(wellness_import_spooled_uploads{@})', 'uploads']],
        },
        {
          title: 'Queue over time',
          about: 'Waiting, waiting for the next try, running.',
          unit: 'short',
          stack: true,
          span: 12,
          queries: [['max by (state) (wellness_import_queue_jobs{@})', '{{state}}']],
        },
        {
          title: 'Uploads on each disk',
          about: 'Of the replica that took them in.',
          unit: 'short',
          span: 12,
          queries: [['wellness_import_spooled_uploads{@}', '{{instance}}']],
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Received, and how runs ended',
          about: 'In five minutes. An interrupted one is run again.',
          unit: 'short',
          queries: [
            ['sum(increase(wellness_imports_received_total{@}[5m]))', 'received'],
            ['sum by (outcome) (increase(wellness_import_runs_total{@}[5m]))', '{{outcome}}'],
          ],
        },
        {
          title: 'Records',
          about: 'By what became of them, as imports go on.',
          unit: 'ops',
          queries: [rate('wellness_import_records_total', ['result'])],
        },
        {
          title: 'Bytes read',
          about: 'Of unzipped exports.',
          unit: 'Bps',
          queries: [rate('wellness_import_read_bytes_total', ['instance'])],
        },
        {
          title: 'Duration of runs (p95)',
          about: 'From their start to their end.',
          unit: 's',
          queries: [quantileBy(0.95, 'wellness_import_duration_seconds', '@', ['outcome'])],
        },
        {
          title: 'Failures by code',
          about: 'In five minutes. IMPORT_FILE_UNREADABLE is what users sent.',
          unit: 'short',
          runbook: 'imports.md#wellnessimportsfailing',
          queries: [['sum by (code) (increase(wellness_import_failures_total{@}[5m])) > 0', '{{code}}']],
        },
        {
          title: 'Uploads that could not be kept',
          about: 'The disk is full, or broken.',
          unit: 'short',
          runbook: 'imports.md#wellnessuploadstoragefailing',
          queries: [['sum by (code) (increase(wellness_errors_total{@, code=~"STORAGE_.+"}[5m]))', '{{code}}']],
        },
      ],
    },
  ],
};
