import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, link, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const POM = join(import.meta.dirname, 'pom.xml');
const CACHE = join(import.meta.dirname, '..', '..', '..', '.cache');
const OLDEST_JAVA = 17;
const LONGEST_DOWNLOAD_MS = 10 * 60_000;

/** What it takes to run Kafka's classes on this machine. */
export interface KafkaDistribution {
  /** Kafka's version, e.g. `4.3.1`. */
  readonly version: string;
  /** The `java` command: that of JAVA_HOME when it is set, as Kafka's own scripts and Maven have it. */
  readonly java: string;
  /** The jars, joined as `java -cp` wants them. */
  readonly classpath: string;
}

export interface DistributionOptions {
  /** @default KAFKA_VERSION of the environment, else the pom's `kafka.version` */
  readonly version?: string;
  /** Where the class path is remembered. @default `.cache` in the repository's root */
  readonly cacheFolder?: string;
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** Told, in a sentence, what takes long. @default nobody */
  readonly onProgress?: (message: string) => void;
}

/**
 * Finds Java, and resolves Kafka's jars with Maven, which downloads them into its local repository the first time
 * (25 to 60 s). The class path is then remembered, and Maven is not needed until the version or the pom changes,
 * or a jar is gone. Several processes may call it at the same time on a clean machine: one downloads, the others wait.
 *
 * @throws Error when Java 17 or newer, or Maven where it is needed, is missing: what is missing, what was found,
 *   what to install
 * @throws Error when the version is none
 * @throws Error with Maven's own messages when Maven fails
 */
export const kafkaDistribution = async (options: DistributionOptions = {}): Promise<KafkaDistribution> => {
  const { cacheFolder = CACHE, environment = process.env, onProgress = () => {} } = options;
  const java = environment.JAVA_HOME ? join(environment.JAVA_HOME, 'bin', 'java') : 'java';
  await requireJava(java, environment);

  const pom = await readFile(POM, 'utf8');
  const version = options.version || environment.KAFKA_VERSION || defaultVersion(pom);
  if (!/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`'${version}' is no Kafka version: set KAFKA_VERSION to one like 4.3.1, or to none`);
  }
  const pomHash = createHash('sha256').update(pom).digest('hex').slice(0, 12);
  const file = join(cacheFolder, `kafka-${version}-${pomHash}.classpath`);

  const remembered = await readClasspath(file);
  if (remembered) {
    return { version, java, classpath: remembered };
  }
  await mkdir(cacheFolder, { recursive: true });
  const unlock = await lock(`${file}.lock`, onProgress);
  try {
    // Whoever held the lock before may have resolved it.
    const classpath = (await readClasspath(file)) ?? (await resolve(version, file, environment, onProgress));
    return { version, java, classpath };
  } finally {
    await unlock();
  }
};

/** The Kafka version that the pom names. */
const defaultVersion = (pom: string): string => {
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) {
    throw new Error(`${POM} names no kafka.version: put <kafka.version>4.3.1</kafka.version> into its properties`);
  }
  return version;
};

/**
 * Reads Java's major version from what `java -version` prints, undefined when there is none in it.
 * Java 8 calls itself `1.8`.
 */
export const javaMajorVersion = (output: string): number | undefined => {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match?.[1] === undefined ? undefined : Number(match[1]);
};

const requireJava = async (java: string, environment: NodeJS.ProcessEnv): Promise<void> => {
  const needed = `Kafka needs Java ${OLDEST_JAVA} or newer`;
  const install = `install a JDK ${OLDEST_JAVA} or newer (e.g. apt-get install openjdk-17-jdk-headless, brew install openjdk)`;
  let output: string;
  try {
    const { stdout, stderr } = await promisify(execFile)(java, ['-version'], { env: environment });
    output = stdout + stderr;
  } catch (cause) {
    // macOS has a `java` that only says that there is none.
    const where = environment.JAVA_HOME ? `JAVA_HOME (${environment.JAVA_HOME})` : 'PATH';
    throw new Error(`${needed}, and no working java command was found in ${where}: ${install}.`, { cause });
  }
  const major = javaMajorVersion(output);
  if (major === undefined || major < OLDEST_JAVA) {
    const found = output.trim().split('\n')[0];
    throw new Error(`${needed}, and '${java}' is ${found}: ${install}, or set JAVA_HOME to one.`);
  }
};

const resolve = async (
  version: string,
  file: string,
  environment: NodeJS.ProcessEnv,
  onProgress: (message: string) => void,
): Promise<string> => {
  onProgress(`Downloading Kafka ${version} with Maven, once: this takes up to a minute`);
  const folder = await mkdtemp(`${file}-`);
  const output = join(folder, 'classpath');
  try {
    await promisify(execFile)(
      'mvn',
      [
        '--batch-mode',
        '--quiet',
        '-Dstyle.color=never',
        `--file=${POM}`,
        `-Dkafka.version=${version}`,
        `-Dmdep.outputFile=${output}`,
        'dependency:build-classpath',
      ],
      { env: environment, timeout: LONGEST_DOWNLOAD_MS },
    );
    // Renamed into place, so that nobody reads half of it.
    await rename(output, file);
  } catch (cause) {
    throw mavenFailure(version, cause);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const classpath = await readClasspath(file);
  if (classpath === undefined) {
    throw new Error(`Maven resolved Kafka ${version} to jars that are not there: see ${file}`);
  }
  return classpath;
};

const mavenFailure = (version: string, cause: unknown): Error => {
  if (hasCode(cause, 'ENOENT')) {
    return new Error(
      `Kafka ${version} is downloaded with Maven, and no mvn command was found in PATH: install Maven 3.6 or newer (e.g. apt-get install maven, brew install maven).`,
      { cause },
    );
  }
  const said = typeof cause === 'object' && cause !== null && 'stdout' in cause ? String(cause.stdout).trim() : '';
  return new Error(
    `Maven could not resolve Kafka ${version}: check that the version exists and that Maven can download.\n${said.split('\n').slice(0, 5).join('\n')}`,
    { cause },
  );
};

/** The remembered class path, unless there is none or one of its jars is gone. */
const readClasspath = async (file: string): Promise<string | undefined> => {
  try {
    const classpath = (await readFile(file, 'utf8')).trim();
    await Promise.all(classpath.split(delimiter).map((jar) => access(jar)));
    return classpath;
  } catch {
    return undefined;
  }
};

/** Takes a lock file that holds its owner's process id, and gives the function that gives it back. */
const lock = async (path: string, onProgress: (message: string) => void): Promise<() => Promise<void>> => {
  const deadline = Date.now() + LONGEST_DOWNLOAD_MS;
  const own = `${path}-${process.pid}-${Math.random().toString(36).slice(2)}`;
  await writeFile(own, String(process.pid));
  try {
    for (let waited = false; ; waited = true) {
      try {
        // Linked, not opened: the lock never exists without its owner's process id in it.
        await link(own, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) {
          throw error;
        }
      }
      const owner = await readFile(path, 'utf8').catch(() => undefined);
      if (owner !== undefined && !isAlive(Number(owner))) {
        // Two processes may do this at once and then both download: slower, and right all the same.
        await rm(path, { force: true });
        continue;
      }
      if (!waited) {
        onProgress(`Waiting for process ${owner}, which is downloading Kafka`);
      }
      if (Date.now() > deadline) {
        throw new Error(`process ${owner} has held ${path} for too long: remove that file if it downloads nothing`);
      }
      await delay(200);
    }
  } finally {
    await rm(own, { force: true });
  }
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, yet it lives.
    return hasCode(error, 'EPERM');
  }
};

/** Whether this is an error of Node's with that code. (`instanceof Error` is false for Node's own ones inside jest.) */
const hasCode = (error: unknown, code: string): boolean => {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
};
