import { ProgressMeter } from './progress-meter';

const counts = {
  bytesRead: 250,
  bytesTotal: 1_000,
  recordsSeen: 500,
  recordsStored: 400,
  duplicates: 100,
  skipped: {},
};

describe('the pace of an import', () => {
  it('tells records a second and the seconds that are left', () => {
    let now = 1_000;
    const meter = new ProgressMeter(0, () => now);
    now += 2_000;
    expect(meter.progress(counts)).toMatchObject({ recordsPerSecond: 250, etaSeconds: 6 });
  });

  it('tells nothing it can not know yet', () => {
    const meter = new ProgressMeter(0, () => 0);
    expect(meter.progress({ ...counts, bytesRead: 0 })).toMatchObject({ recordsPerSecond: 0, etaSeconds: null });
  });

  it('counts what an interrupted run has stored as stored, not as duplicates', () => {
    expect(new ProgressMeter(80, () => 0).progress(counts)).toMatchObject({ recordsStored: 480, duplicates: 20 });
    expect(new ProgressMeter(300, () => 0).progress(counts)).toMatchObject({ recordsStored: 500, duplicates: 0 });
  });

  it('forgets nothing of an interrupted run when it is interrupted itself before it comes as far', () => {
    const early = { ...counts, recordsSeen: 100, recordsStored: 0, duplicates: 100 };
    const { recordsStored } = new ProgressMeter(300, () => 0).progress(early);
    expect(recordsStored).toBe(300);
    const all = { ...counts, recordsSeen: 500, recordsStored: 200, duplicates: 300 };
    expect(new ProgressMeter(recordsStored, () => 0).progress(all)).toMatchObject({
      recordsStored: 500,
      duplicates: 0,
    });
  });
});
