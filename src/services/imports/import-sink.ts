import type { RedisGateway } from '@app/common/core';
import { RollupStore } from '../aggregates/rollup-store';
import { ActivitySummaryRepository } from '../activity/activity-summary.repository';
import type { ExportedActivitySummary } from '../activity/activity-summary';
import { ProfileRepository } from '../profile/profile.repository';
import type { HealthRecord } from '../records/health-record';
import { offsetZone } from '../periods/offset-zone';
import { ChunkRepository } from '../records/chunk.repository';
import { RecordWriter, type WriteSummary } from '../records/record-writer';
import { WorkoutRepository } from '../workouts/workout.repository';
import type { ExportedWorkout } from '../workouts/workout';
import type { ExportedPerson, ExportIssue, ExportMoment, ExportSink } from './export-parser';
import { ImportNotes } from './import-notes';

interface ZoneEvidence {
  readonly start: number;
  readonly zone: string;
}

const BATCH = 500;
const NEWEST_ZONES = 100;

/** Stores what a parser finds in an export, in batches; what it finds meanwhile is held back until `drain`. */
export class ImportSink implements ExportSink {
  readonly notes = new ImportNotes();
  private readonly records: RecordWriter;
  private readonly workoutRepository: WorkoutRepository;
  private readonly activityRepository: ActivitySummaryRepository;
  private readonly profiles: ProfileRepository;
  private readonly rollups: RollupStore;
  private workouts: ExportedWorkout[] = [];
  private summaries: ExportedActivitySummary[] = [];
  private zones: ZoneEvidence[] = [];
  private moment: ExportMoment | undefined;
  private told: ExportedPerson | undefined;

  constructor(
    redis: RedisGateway,
    private readonly userId: string,
  ) {
    this.records = new RecordWriter(redis, userId);
    this.workoutRepository = new WorkoutRepository(redis);
    this.activityRepository = new ActivitySummaryRepository(redis);
    this.profiles = new ProfileRepository(redis);
    this.rollups = new RollupStore(new ChunkRepository(redis), redis);
  }

  record(record: HealthRecord): void {
    this.records.add(record);
    this.notes.record(record);
  }

  workout(workout: ExportedWorkout): void {
    this.workouts.push(workout);
    this.notes.workouts++;
  }

  activitySummary(summary: ExportedActivitySummary): void {
    this.summaries.push(summary);
    this.notes.activitySummaries++;
  }

  exportDate(moment: ExportMoment): void {
    this.moment = moment;
  }

  person(person: ExportedPerson): void {
    this.told = person;
  }

  zoneEvidence(start: number, zone: string): void {
    this.zones.push({ start, zone });
    if (this.zones.length >= 10 * NEWEST_ZONES) this.keepNewestZones();
  }

  skipped(reason: string): void {
    this.notes.skip(reason);
  }

  issue(kind: ExportIssue, count: number): void {
    this.notes.issue(kind, count);
  }

  /** Whether enough is held back that `drain` should be awaited before more is parsed. */
  get full(): boolean {
    return this.records.full || this.workouts.length >= BATCH || this.summaries.length >= BATCH;
  }

  get summary(): WriteSummary {
    return this.records.summary;
  }

  /**
   * Stores what is held back, and calls `onRound` as parts of it are stored. After an error nothing is lost: it can be
   * called again. @throws the errors of `RedisGateway`
   */
  async drain(onRound?: () => void): Promise<void> {
    await this.records.drain(onRound);
    await this.drainStatements();
  }

  /** Stores the rest, what the export says about its owner, and the rollups of it all. Can be called again, too. */
  async finish(): Promise<void> {
    await this.records.finish();
    await this.drainStatements();
    this.keepNewestZones();
    const evidence = { zones: this.zones, exportDate: this.moment, person: this.told };
    await this.profiles.addImportEvidence(this.userId, evidence);
    const changed = new Set(this.records.changedChunks.map(({ metric }) => metric));
    await this.rollups.refresh(this.userId, [...changed]);
  }

  /** The zone this user's days are cut in after this import, as far as exports tell: a name, or an offset. */
  async learntZone(): Promise<string | null> {
    const { learnt_zone: zone, export_offset: offset } = await this.profiles.read(this.userId);
    if (zone) return zone;
    return offset === undefined || offset === '' ? null : offsetZone(Number(offset));
  }

  private async drainStatements(): Promise<void> {
    const instant = this.moment?.instant ?? 0;
    while (this.workouts.length > 0) {
      await this.workoutRepository.keep(this.userId, instant, this.workouts.slice(0, BATCH));
      this.workouts = this.workouts.slice(BATCH);
    }
    while (this.summaries.length > 0) {
      await this.activityRepository.keep(this.userId, instant, this.summaries.slice(0, BATCH));
      this.summaries = this.summaries.slice(BATCH);
    }
  }

  private keepNewestZones(): void {
    this.zones = this.zones.sort((a, b) => b.start - a.start).slice(0, NEWEST_ZONES);
  }
}
