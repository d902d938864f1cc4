// Stands between a process and its disk (LD_PRELOAD). It does three things, each only if it is asked to:
// - records every change of the files below CHAPAR_SHIM_FOLDER, in order, to the file CHAPAR_SHIM_RECORD;
//   syncs are recorded and not made: the record is all that counts; the CHAPAR_SHIM_DIES-th fdatasync, if that is
//   given, is where the process dies instead;
// - lets calls of one kind (CHAPAR_SHIM_CALL: read, write, sync) on the file CHAPAR_SHIM_FILE fail with the number
//   CHAPAR_SHIM_ERRNO while the file CHAPAR_SHIM_TRIGGER exists;
// - kills the process before the CHAPAR_SHIM_KILLS-th call that changes or syncs a file below CHAPAR_SHIM_KILLS_IN,
//   counted while the file CHAPAR_SHIM_TRIGGER exists.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL(result, name, ...) ((result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;

// The path of an open file.
static const char *path_of(int fd, char path[4096]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

// The name of a path below the folder, or nothing.
static const char *name_of(const char *path) {
    const char *folder = getenv("CHAPAR_SHIM_FOLDER");
    size_t length = folder ? strlen(folder) : 0;
    if (!length || strncmp(path, folder, length)) return NULL;
    if (!path[length]) return "";
    return path[length] == '/' ? path + length + 1 : NULL;
}

// A call on a file that may be the last one.
static void step(const char *path) {
    static int count = 0;
    const char *kills = getenv("CHAPAR_SHIM_KILLS");
    if (!kills) return;
    const char *folder = getenv("CHAPAR_SHIM_KILLS_IN");
    if (strncmp(path, folder, strlen(folder)) || access(getenv("CHAPAR_SHIM_TRIGGER"), F_OK)) return;
    if (__atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST) >= atoi(kills)) kill(getpid(), SIGKILL);
}

// One record: sort, length of the name, number, length of the data; name; data. The caller has the turn.
static void note(char sort, const char *name, uint64_t number, const void *data, uint32_t length) {
    if (record < 0) {
        const char *path = getenv("CHAPAR_SHIM_RECORD");
        record = path ? REAL(int, open64, const char *, int, ...)(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
        if (record < 0) abort();
    }
    uint32_t name_length = strlen(name);
    size_t total = 17 + name_length + length;
    char *bytes = malloc(total);
    bytes[0] = sort;
    memcpy(bytes + 1, &name_length, 4);
    memcpy(bytes + 5, &number, 8);
    memcpy(bytes + 13, &length, 4);
    memcpy(bytes + 17, name, name_length);
    memcpy(bytes + 17 + name_length, data, length);
    if (REAL(ssize_t, write, int, const void *, size_t)(record, bytes, total) != (ssize_t)total) abort();
    free(bytes);
}

// Whether this call is to fail; then errno says how.
static int fails(const char *call, int fd) {
    const char *wanted = getenv("CHAPAR_SHIM_CALL");
    char path[4096];
    if (!wanted || strcmp(wanted, call) || access(getenv("CHAPAR_SHIM_TRIGGER"), F_OK)) return 0;
    if (strcmp(path_of(fd, path), getenv("CHAPAR_SHIM_FILE"))) return 0;
    errno = atoi(getenv("CHAPAR_SHIM_ERRNO"));
    return 1;
}

ssize_t pread64(int fd, void *data, size_t length, off64_t offset) {
    if (fails("read", fd)) return -1;
    return REAL(ssize_t, pread64, int, void *, size_t, off64_t)(fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    char path[4096];
    if (fails("write", fd)) return -1;
    step(path_of(fd, path));
    const char *name = name_of(path_of(fd, path));
    if (name) pthread_mutex_lock(&turn);
    ssize_t done = REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(fd, data, length, offset);
    if (name && done > 0) note('w', name, offset, data, done);
    if (name) pthread_mutex_unlock(&turn);
    return done;
}

ssize_t write(int fd, const void *data, size_t length) {
    char path[4096];
    if (fails("write", fd)) return -1;
    step(path_of(fd, path));
    const char *name = name_of(path_of(fd, path));
    if (name) pthread_mutex_lock(&turn);
    ssize_t done = REAL(ssize_t, write, int, const void *, size_t)(fd, data, length);
    if (name && done > 0) note('w', name, lseek(fd, 0, SEEK_CUR) - done, data, done);
    if (name) pthread_mutex_unlock(&turn);
    return done;
}

int ftruncate64(int fd, off64_t length) {
    char path[4096];
    const char *name = name_of(path_of(fd, path));
    if (name) pthread_mutex_lock(&turn);
    int done = REAL(int, ftruncate64, int, off64_t)(fd, length);
    if (name && !done) note('t', name, length, "", 0);
    if (name) pthread_mutex_unlock(&turn);
    return done;
}

static int synced(int fd, char sort, int (*real)(int)) {
    static int count = 0;
    char path[4096];
    const char *dies = getenv("CHAPAR_SHIM_DIES");
    if (fails("sync", fd)) return -1;
    step(path_of(fd, path));
    const char *name = name_of(path_of(fd, path));
    if (!name) return real(fd);
    pthread_mutex_lock(&turn);
    if (dies && sort == 'd' && ++count == atoi(dies)) abort();
    note(sort, name, 0, "", 0);
    pthread_mutex_unlock(&turn);
    return 0;
}

int fsync(int fd) { return synced(fd, 's', REAL(int, fsync, int)); }

int fdatasync(int fd) { return synced(fd, 'd', REAL(int, fdatasync, int)); }

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    const char *name = flags & (O_CREAT | O_TRUNC) ? name_of(path) : NULL;
    if (name) pthread_mutex_lock(&turn);
    int is_new = name && access(path, F_OK);
    int fd = REAL(int, open64, const char *, int, ...)(path, flags, mode);
    if (is_new && fd >= 0) note('c', name, 0, "", 0);
    if (name && !is_new && fd >= 0 && flags & O_TRUNC) note('t', name, 0, "", 0);
    if (name) pthread_mutex_unlock(&turn);
    return fd;
}

int unlink(const char *path) {
    step(path);
    const char *name = name_of(path);
    if (name) pthread_mutex_lock(&turn);
    int done = REAL(int, unlink, const char *)(path);
    if (name && !done) note('u', name, 0, "", 0);
    if (name) pthread_mutex_unlock(&turn);
    return done;
}

int rename(const char *from, const char *to) {
    step(from);
    const char *name = name_of(from), *new_name = name_of(to);
    if (name) pthread_mutex_lock(&turn);
    int done = REAL(int, rename, const char *, const char *)(from, to);
    if (name && !done) note('r', name, 0, new_name ? new_name : "", new_name ? strlen(new_name) : 0);
    if (name) pthread_mutex_unlock(&turn);
    return done;
}
