import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { stateOf, watchMachine } from '../../dist/bench/machine.js'

/** A /proc and /sys with these files. */
function write(root: string, files: Readonly<Record<string, string>>) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), `${text}\n`)
  }
}

t.test('frequency, temperature, governor and load of a board', async (t) => {
  const root = t.testdir()
  write(root, {
    'proc/loadavg': '0.52 0.40 0.30 1/200 4711',
    'proc/stat': 'cpu  100 0 50 850 0 0 0 0 0 0',
    'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '600000',
    'sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq': '1800000',
    'sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'ondemand',
    'sys/class/thermal/thermal_zone0/temp': '61500',
    'sys/class/thermal/thermal_zone1/temp': '48000',
    'sys/devices/platform/soc/soc:firmware/get_throttled': '0',
  })
  const finish = watchMachine(root)
  write(root, {
    'proc/stat': 'cpu  160 0 60 880 0 0 0 25 0 0',
    'sys/class/thermal/thermal_zone0/temp': '82000',
    'sys/devices/platform/soc/soc:firmware/get_throttled': '50004',
  })
  t.match(finish({ mnn: '3.6.1' }), {
    governor: 'ondemand',
    engines: { mnn: '3.6.1' },
    before: { load: 0.52, mhz: [600, 1800], temperatureC: 61.5 },
    after: { temperatureC: 82 },
    throttled: 1,
    stolen: 25 / 125,
  })
})

t.test('of x86, where the frequency is in /proc/cpuinfo, and each core counts', async (t) => {
  const root = t.testdir()
  const counters = (counts: readonly number[]) =>
    Object.fromEntries(
      counts.map((count, cpu) => [
        `sys/devices/system/cpu/cpu${cpu}/thermal_throttle/core_throttle_count`,
        String(count),
      ]),
    )
  write(root, { 'proc/cpuinfo': 'cpu MHz\t\t: 2445.4\ncpu MHz\t\t: 3100.0', ...counters([3, 4]) })
  const finish = watchMachine(root)
  write(root, counters([3, 9]))
  t.match(finish({}), { throttled: 5, before: { mhz: [2445, 3100] } })
})

t.test('what a system does not tell is null', async (t) => {
  const root = t.testdir()
  t.same(stateOf(root), { load: null, mhz: null, temperatureC: null })
  t.match(watchMachine(root)({}), { governor: null, throttled: null, stolen: null })
})
