/** Dependencies point one way: api → services → libs, and api → agent → tools → services → libs. */
const forbid = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    forbid(
      'libs-know-nothing-of-the-application',
      'libs are shared by other applications',
      '^libs/',
      '^(src|test|bench)/',
    ),
    forbid(
      'services-are-below',
      'services never see HTTP, the agent or its tools',
      '^src/services/',
      '^src/(api|agent|tools)/',
    ),
    forbid(
      'services-never-see-http',
      'services never see HTTP',
      '^src/services/',
      'node_modules/(fastify|@fastify|@nestjs/(swagger|platform-fastify))/',
    ),
    forbid('tools-use-services', 'tools are below the agent', '^src/tools/', '^src/(api|agent)/'),
    forbid('agent-is-below-api', 'the agent does not know who asks', '^src/agent/', '^src/api/'),
    forbid(
      'config-is-a-leaf',
      'the configuration depends on nothing',
      '^src/config/',
      '^src/(api|agent|tools|services)/',
    ),
    forbid(
      'product-without-tests',
      'test helpers stay in tests',
      '^(src|libs)/(?!.*(spec\\.ts$|/testing/))',
      '(^test/|/testing/)',
    ),
    forbid('policies-in-one-place', 'business code never sees the policy library', '^src/', 'node_modules/cockatiel/'),
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^(src|libs)/', pathNot: ['\\.spec\\.ts$', '/testing/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'import', 'types'] },
  },
};
