/* The floor under the sampler: the same preads on the same files, nothing parsed, nothing kept.
 *
 * usage: preads, with on standard input
 * first lines of `PERIOD PHASE PATH`; a file is read in round r when (r + PHASE) % PERIOD == 0. A line "go" ends it.
 * Then each further line on standard input starts one round; the answer is `CPU_NS WALL_NS BYTES`.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct file { int fd, period, phase; };

static long long now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
    static char line[8192], buffer[65536];
    struct rlimit limit;
    struct file *files = NULL;
    size_t count = 0, room = 0;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    while (fgets(line, sizeof line, stdin) && strcmp(line, "go\n")) {
        int period, phase, start;
        if (sscanf(line, "%d %d %n", &period, &phase, &start) != 2) return 2;
        line[strcspn(line, "\n")] = 0;
        if (count == room) {
            room = room ? room * 2 : 1024;
            files = realloc(files, room * sizeof *files);
            if (!files) return 3;
        }
        files[count].fd = open(line + start, O_RDONLY | O_CLOEXEC);
        if (files[count].fd < 0) { perror(line + start); return 1; }
        files[count].period = period;
        files[count++].phase = phase;
    }
    for (long round = 0; fgets(line, sizeof line, stdin); round++) {
        long long cpu = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC), bytes = 0;
        for (size_t i = 0; i < count; i++)
            if ((round + files[i].phase) % files[i].period == 0) {
                ssize_t got = pread(files[i].fd, buffer, sizeof buffer, 0);
                bytes += got > 0 ? got : 0;
            }
        printf("%lld %lld %lld\n", now(CLOCK_PROCESS_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall, bytes);
        fflush(stdout);
    }
    return 0;
}
