import { bodyMeasure, discrete, type MetricType } from './metric-model';

/** Body measurements and temperatures. */
export const BODY_TYPES: readonly MetricType[] = [
  bodyMeasure('BodyMass', 'kg', 'weight', ['body weight', 'body mass', 'weigh', 'weighed']),
  bodyMeasure('BodyMassIndex', 'count', 'body mass index', ['bmi']),
  bodyMeasure('BodyFatPercentage', '%', 'body fat', ['body fat percentage', 'fat percentage']),
  bodyMeasure('LeanBodyMass', 'kg', 'lean body mass', ['lean mass', 'fat-free mass']),
  bodyMeasure('Height', 'cm', 'height', ['body height', 'how tall']),
  bodyMeasure('WaistCircumference', 'cm', 'waist circumference', ['waist', 'waist size', 'waistline']),
  discrete('BodyTemperature', 'degC', 'body temperature', ['temperature']),
  discrete('BasalBodyTemperature', 'degC', 'basal body temperature', ['basal temperature', 'bbt']),
  discrete('AppleSleepingWristTemperature', 'degC', 'wrist temperature', ['sleeping wrist temperature']),
  discrete('ElectrodermalActivity', 'mcS', 'electrodermal activity', ['skin conductance', 'eda']),
];
