import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from 'kubernetes-models/apps/v1';
import type { ConfigMap, PersistentVolumeClaim, Service } from 'kubernetes-models/v1';
import ts from 'typescript';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/config.schema';

const ROOT = join(__dirname, '../..');
const FOLDER = join(ROOT, 'deploy/k8s');
const MODELS: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  PersistentVolumeClaim: 'v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'v1',
};

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

const manifests = readdirSync(FOLDER)
  .sort()
  .map((file) => parse(readFileSync(join(FOLDER, file), 'utf8')) as Manifest);

function the<T>(kind: string): T {
  return manifests.find((manifest) => manifest.kind === kind) as T;
}

const deployment = the<Deployment>('Deployment');
const pod = deployment.spec?.template.spec;
const container = pod?.containers[0];
const settings = the<ConfigMap>('ConfigMap').data ?? {};
const config = configSchema.parse({ AUTH_JWT_SECRET: 'x'.repeat(32), ...settings });
const defaults = configSchema.parse({});

describe('the Kubernetes manifests', () => {
  it.each(manifests)('$kind follows the schema of Kubernetes', async (manifest) => {
    const models = (await import(`kubernetes-models/${MODELS[manifest.kind]}`)) as Record<string, Model>;
    expect(manifest.apiVersion).toBe(MODELS[manifest.kind]);
    const Model = models[manifest.kind] as Model;
    expect(() => new Model(manifest).validate()).not.toThrow();
  });

  it('have no field that Kubernetes does not know', () => {
    expect(complaintsAbout(manifests)).toEqual([]);
    const misspelt = { ...the<Manifest & { spec: object }>('Service'), spec: { selektor: {} } };
    expect(complaintsAbout([misspelt])).toEqual([expect.stringMatching(/selektor.*does not exist/)]);
  });

  it('configure what there is to configure, with valid values', () => {
    for (const name of Object.keys(settings)) expect(Object.keys(configSchema.shape)).toContain(name);
    expect(Object.values(settings).every((value) => typeof value === 'string')).toBe(true);
    expect(config.NODE_ENV).toBe('production');
  });

  it('let a drain come to its end, with the configured times and with the defaults', () => {
    const preStop = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const grace = pod?.terminationGracePeriodSeconds ?? 0;
    for (const { SHUTDOWN_TIMEOUT_MS, SHUTDOWN_GRACE_MS } of [config, defaults]) {
      expect(grace).toBeGreaterThanOrEqual(preStop + SHUTDOWN_TIMEOUT_MS / 1_000 + 5);
      // Whoever watches readiness has seen it fail before requests are refused.
      const { periodSeconds = 10, failureThreshold = 3 } = container?.readinessProbe ?? {};
      expect(SHUTDOWN_GRACE_MS / 1_000).toBeGreaterThan(periodSeconds * failureThreshold);
    }
  });

  it('probe what is meant for it, on the port the application listens on', () => {
    const { startupProbe, livenessProbe, readinessProbe, ports } = container ?? {};
    const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet?.path);
    expect(paths).toEqual(['/health/startup', '/health/live', '/health/ready']);
    expect(ports).toEqual([{ name: 'http', containerPort: config.PORT }]);
    expect(the<Service>('Service').spec?.ports?.[0]?.targetPort).toBe('http');
  });

  it('leave the process no more rights than it needs, and a place for its data', () => {
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const mounted = container?.volumeMounts?.find(({ mountPath }) => mountPath === config.DATA_DIR);
    const volume = pod?.volumes?.find(({ name }) => name === mounted?.name);
    const claim = the<PersistentVolumeClaim>('PersistentVolumeClaim');
    expect(volume?.persistentVolumeClaim?.claimName).toBe(claim.metadata?.name);
    expect(claim.spec?.accessModes).toEqual(['ReadWriteMany']);
  });

  it('select the pods they are about', () => {
    const labels = deployment.spec?.template.metadata?.labels;
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(the<Service>('Service').spec?.selector).toEqual(labels);
    expect(the<Deployment>('PodDisruptionBudget').spec?.selector.matchLabels).toEqual(labels);
  });
});

type Model = new (data: object) => { validate(): void };

/** What the compiler says of the manifests as values of Kubernetes' types: schemas let unknown fields pass. */
function complaintsAbout(checked: readonly Manifest[]): string[] {
  const file = join(ROOT, 'test/manifests.ts');
  const source = checked.map(
    (manifest, index) =>
      `const m${index}: import('kubernetes-models/${MODELS[manifest.kind]}').I${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, version, ...rest) =>
    name === file
      ? ts.createSourceFile(name, `${source.join('\n')}\nexport {};`, version)
      : getSourceFile(name, version, ...rest);
  const program = ts.createProgram([file], options, host);
  const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
