import { event, soundLevel, type MetricType } from './metric-model';

/** Sound levels and the warnings about them. */
export const HEARING_TYPES: readonly MetricType[] = [
  soundLevel('EnvironmentalAudioExposure', 'environmental sound level', [
    'environmental audio exposure',
    'environmental audio',
    'environmental noise',
    'ambient noise',
    'noise',
    'noise level',
    'noise exposure',
    'sound level',
  ]),
  soundLevel('HeadphoneAudioExposure', 'headphone audio level', [
    'headphone audio exposure',
    'headphone audio',
    'headphone level',
    'headphone volume',
    'headphones',
  ]),
  soundLevel('EnvironmentalSoundReduction', 'environmental sound reduction', ['sound reduction', 'noise reduction']),
  // The SDK calls the constant EnvironmentalAudioExposureEvent since iOS 14; exports still carry this value.
  event('AudioExposureEvent', 'environmental audio exposure events', [
    'audio exposure events',
    'loud environment notifications',
    'noise notifications',
    'noise alerts',
  ]),
  event('HeadphoneAudioExposureEvent', 'headphone audio exposure events', [
    'headphone notifications',
    'loud headphone notifications',
  ]),
];
