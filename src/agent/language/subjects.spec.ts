import { readSubjects } from './subjects';

describe('what a question is about', () => {
  it.each([
    ['how far did I cycle in', ['DistanceCycling']],
    ['how far did I swim and cycle', ['DistanceSwimming', 'DistanceCycling']],
    ['how far did I walk and cycle', ['DistanceWalkingRunning', 'DistanceCycling']],
    ['how far did I row', ['DistanceRowing']],
    ['how far did I go', ['DistanceWalkingRunning']],
    ['how far did I run', ['DistanceWalkingRunning']],
    ['did I walk much', ['StepCount']],
  ])('“%s”', (text, names) => {
    expect(
      readSubjects(text)
        .metrics.map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort());
  });
});
