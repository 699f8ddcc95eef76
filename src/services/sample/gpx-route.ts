import { beatTime } from './heart-records';
import { randomFor } from './random';
import { clockAt } from './sample-calendar';
import { type LifeDay } from './sample-life';
import { activeParts, type SampleWorkout } from './sample-workouts';

/** Rounds of a public park: the Tiergarten in Berlin, or Central Park in New York. */
const PARKS = [
  { zones: /^America\//, latitude: 40.7812, longitude: -73.9665 },
  { zones: /./, latitude: 52.5145, longitude: 13.3501 },
];
const METRES_PER_DEGREE = 111_320;
const SECONDS_PER_POINT = 3;

/** The file's path as `FileReference` names it: `/workout-routes/route_2024-05-11_9.41am.gpx`. */
export function routePath(life: LifeDay, workout: SampleWorkout): string {
  const [time = '', half = ''] = beatTime(clockAt(life.day, workout.end), true).split(' ');
  const [hour, minute] = time.split(':');
  return `/workout-routes/route_${life.day.date}_${hour}.${minute}${half.toLowerCase()}.gpx`;
}

/** A GPX track of the workout, in circles of 400 m radius; its times are UTC, as in every GPX file. */
export function gpxRoute(life: LifeDay, workout: SampleWorkout, timeZone: string, seed: number): string {
  const random = randomFor(seed, 'route', life.day.epochDay);
  const park = PARKS.find(({ zones }) => zones.test(timeZone)) ?? { latitude: 0, longitude: 0 };
  const speed = ((workout.distanceKm ?? 0) * 1000) / workout.activeSeconds;
  const radius = 400;
  const points: string[] = [];
  let metres = 0;
  for (const part of activeParts(workout)) {
    for (let at = part.start; at <= part.end; at += SECONDS_PER_POINT) {
      const angle = metres / radius;
      const latitude = park.latitude + ((radius + random.bell(0, 1.5)) * Math.sin(angle)) / METRES_PER_DEGREE;
      const perDegree = METRES_PER_DEGREE * Math.cos((park.latitude * Math.PI) / 180);
      const longitude = park.longitude + ((radius + random.bell(0, 1.5)) * Math.cos(angle)) / perDegree;
      points.push(trackPoint({ at, latitude, longitude, speed, angle }));
      metres += speed * SECONDS_PER_POINT;
    }
  }
  return document(life, utc(workout.end), points);
}

interface Point {
  readonly at: number;
  readonly latitude: number;
  readonly longitude: number;
  /** m/s */
  readonly speed: number;
  /** Position on the circle: radians from east, anticlockwise. */
  readonly angle: number;
}

function trackPoint({ at, latitude, longitude, speed, angle }: Point): string {
  const elevation = 36 + 2 * Math.sin(angle);
  // Going round anticlockwise, one heads at a right angle to the radius; courses count clockwise from north.
  const course = (((360 - (angle * 180) / Math.PI) % 360) + 360) % 360;
  const extensions = `<speed>${speed.toFixed(6)}</speed><course>${course.toFixed(6)}</course><hAcc>3.120000</hAcc><vAcc>2.700000</vAcc>`;
  return `      <trkpt lon="${longitude.toFixed(6)}" lat="${latitude.toFixed(6)}"><ele>${elevation.toFixed(6)}</ele><time>${utc(at)}</time><extensions>${extensions}</extensions></trkpt>\n`;
}

function utc(instant: number): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;
}

function document(life: LifeDay, time: string, points: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Apple Health Export" xmlns="http://www.topografix.com/GPX/1/1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd">
  <metadata>
    <time>${time}</time>
  </metadata>
  <trk>
    <name>Route ${life.day.date}</name>
    <trkseg>
${points.join('')}    </trkseg>
  </trk>
</gpx>
`;
}
