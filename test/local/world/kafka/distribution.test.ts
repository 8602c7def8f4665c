import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { javaMajorVersion, kafkaDistribution } from '../../../../local/world/kafka/distribution.ts';

let folder: string;
let bin: string;
let cacheFolder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'distribution-test-'));
  bin = join(folder, 'bin');
  cacheFolder = join(folder, 'cache');
  await mkdir(bin);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const command = async (name: string, script: string): Promise<void> => {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
};

/** A `mvn` that takes its time, says that it ran, and resolves to one jar. */
const slowMaven = async (): Promise<void> => {
  await writeFile(join(folder, 'a.jar'), '');
  await command(
    'mvn',
    `echo run >> ${folder}/runs
    /bin/sleep 0.5
    for argument; do case $argument in -Dmdep.outputFile=*) echo ${folder}/a.jar > "\${argument#*=}";; esac; done`,
  );
};

const goodJava = () => command('java', `echo 'openjdk version "21.0.2" 2024-01-16' >&2`);
const find = (options = {}) =>
  kafkaDistribution({ version: '4.3.1', cacheFolder, environment: { PATH: bin }, ...options });

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['openjdk version "26-ea" 2026-03-17', 26],
  ['java version "1.8.0_292"', 8],
  ['No Java runtime present, requesting install.', undefined],
])('in %j, the major version is %p', (output, major) => {
  expect(javaMajorVersion(output)).toBe(major);
});

test('without java, one sentence says what is missing and what to install', async () => {
  await expect(find()).rejects.toThrow(
    /^Kafka needs Java 17 or newer, and no working java command was found in PATH: install a JDK 17 or newer \(.*\)\.$/,
  );
});

test('a JAVA_HOME without a java command is named', async () => {
  await expect(find({ environment: { PATH: bin, JAVA_HOME: '/nowhere' } })).rejects.toThrow(
    'no working java command was found in JAVA_HOME (/nowhere)',
  );
});

test('a java that is too old is named with its version', async () => {
  await command('java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
  await expect(find()).rejects.toThrow(
    `Kafka needs Java 17 or newer, and 'java' is openjdk version "11.0.2" 2019-01-15: install a JDK 17`,
  );
});

test('without mvn, one sentence says what is missing and what to install', async () => {
  await goodJava();
  await expect(find()).rejects.toThrow(
    /^Kafka 4\.3\.1 is downloaded with Maven, and no mvn command was found in PATH: install Maven 3\.6 or newer \(.*\)\.$/,
  );
});

test('when Maven fails, its own words are told, and nothing is left in the cache', async () => {
  await goodJava();
  await command('mvn', 'echo "[ERROR] Could not find artifact org.apache.kafka:kafka_2.13:jar:0.0.1"; exit 1');

  await expect(find({ version: '0.0.1' })).rejects.toThrow(
    /could not resolve Kafka 0\.0\.1.*\[ERROR\] Could not find artifact/s,
  );
  expect(await readdir(cacheFolder)).toEqual([]);
});

test('Maven runs once for all who ask at the same time, and those who wait are told', async () => {
  await goodJava();
  await slowMaven();
  const told: string[] = [];
  const onProgress = (message: string) => told.push(message);

  const found = await Promise.all([find({ onProgress }), find({ onProgress }), find({ onProgress })]);

  const expected = { version: '4.3.1', java: 'java', classpath: join(folder, 'a.jar') };
  expect(found).toEqual([expected, expected, expected]);
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\n');
  expect(told.sort()).toEqual([
    'Downloading Kafka 4.3.1 with Maven, once: this takes up to a minute',
    `Waiting for process ${process.pid}, which is downloading Kafka`,
    `Waiting for process ${process.pid}, which is downloading Kafka`,
  ]);
});

test('Maven runs again for another version, and when a jar has gone', async () => {
  await goodJava();
  await slowMaven();
  await find();
  await find({ version: '3.9.2' });
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\nrun\n');

  await rm(join(folder, 'a.jar'));
  await expect(find()).rejects.toThrow('Maven resolved Kafka 4.3.1 to jars that are not there');
  expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\nrun\nrun\n');
});

test('the lock of a process that has died is no obstacle', async () => {
  await goodJava();
  await slowMaven();
  await find();
  const [file = ''] = await readdir(cacheFolder);
  await rm(join(cacheFolder, file));
  // Above the highest process id of Linux and macOS.
  await writeFile(join(cacheFolder, `${file}.lock`), '99999999');

  await find();

  expect(await readdir(cacheFolder)).toEqual([file]);
});

test('KAFKA_VERSION chooses the version, and the pom does otherwise', async () => {
  await goodJava();
  await slowMaven();
  const pom = await readFile(new URL('../../../../local/world/kafka/pom.xml', import.meta.url), 'utf8');

  const byPom = await kafkaDistribution({ cacheFolder, environment: { PATH: bin } });
  const byEnvironment = await kafkaDistribution({ cacheFolder, environment: { PATH: bin, KAFKA_VERSION: '3.9.2' } });

  expect(pom).toContain(`<kafka.version>${byPom.version}</kafka.version>`);
  expect(byEnvironment.version).toBe('3.9.2');
});

test('what is no version is refused', async () => {
  await goodJava();
  await expect(find({ version: '../4' })).rejects.toThrow("'../4' is no Kafka version: set KAFKA_VERSION to one like");
});
