/*
 * A layer between a process and its files, preloaded, for tests: it makes syncing slow, makes writing fail, and keeps apart what
 * a power cut would leave. Environment:
 *
 *   FAULT_DIR         the folder concerned, absolute and without links; without it only FAULT_FSYNC_* work, on every file
 *   FAULT_FSYNC_MS    every fsync and fdatasync takes this much longer
 *   FAULT_FSYNC_FILE  a file that holds such a number and may change at any time; it counts instead while it exists
 *   FAULT_FAIL        while this file exists, writing fails; its text says how: "ENOSPC" (writes only), "EIO" (writes and syncs;
 *                     also when empty) or "FSYNC" (syncs only, with EIO)
 *   FAULT_IMAGE       a folder outside FAULT_DIR, a copy of it at the start: what is durable. See below.
 *   FAULT_TEAR        with FAULT_IMAGE: percentage of writes that reach the image at once, unsynced, as a disk may do
 *   FAULT_LOG         a file that gets one line a sync: its kind and the file's name
 *
 * The image. A write is remembered as a range of its file (its inode) and goes to the image when that file is synced: the bytes
 * that the file has then. Truncations likewise. A name (created, removed, renamed) goes to the image when its folder is synced;
 * a new file that was synced in a folder that was not is lost with its name. That is the least that POSIX promises; ext4 and xfs
 * promise more. Folders themselves are durable at once: the gateway makes them before anything is promised. After a kill -9 the
 * test puts the image in the folder's place: that is the folder after the power cut. Killed within a sync, the image holds part
 * of it, as a disk would.
 *
 * Why that is honest for SQLite's WAL: the database and the -wal are written with pwrite64 and write, synced with fsync and
 * fdatasync, cut with ftruncate64, all of which are called through the dynamic linker and seen here (a test checks that they
 * are); the database is not mapped (mmap_size is 0 by default); only the -shm is, it is never synced, SQLite builds it anew from
 * the -wal after a crash, and it is left out here. Not seen: sendfile and copy_file_range (fs.copyFile), msync, io_uring.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MOST_FILES 4096
#define MOST_RANGES 512
#define MOST_NAMES 4096

struct range { off_t from, to; };

/* One inode under FAULT_DIR. */
struct file {
  dev_t dev;
  ino_t ino;
  int ranges;
  off_t shrunk_to; /* the smallest size since the last sync, or -1 */
  struct range range[MOST_RANGES];
};

/* A change of a folder that is not synced yet, in order. */
struct name {
  enum { CREATED, REMOVED, RENAMED } what;
  ino_t ino;
  char path[PATH_MAX];
  char to[PATH_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files[MOST_FILES];
static int file_count;
static struct name *names[MOST_NAMES];
static int name_count;

static const char *dir, *image, *fail_file, *log_file, *fsync_file;
static size_t dir_length;
static long fsync_ms;
static int tear;
static unsigned seed;

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_unlink)(const char *);
static int (*real_rename)(const char *, const char *);

static void give_up(const char *why) {
  fprintf(stderr, "fault layer: %s\n", why);
  abort();
}

static void find_real(void) {
  real_open = dlsym(RTLD_NEXT, "open64");
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_writev = dlsym(RTLD_NEXT, "writev");
  real_pwritev = dlsym(RTLD_NEXT, "pwritev64");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_rename = dlsym(RTLD_NEXT, "rename");
}

__attribute__((constructor)) static void start(void) {
  find_real();
  dir = getenv("FAULT_DIR");
  dir_length = dir ? strlen(dir) : 0;
  image = getenv("FAULT_IMAGE");
  fail_file = getenv("FAULT_FAIL");
  log_file = getenv("FAULT_LOG");
  fsync_file = getenv("FAULT_FSYNC_FILE");
  fsync_ms = getenv("FAULT_FSYNC_MS") ? atol(getenv("FAULT_FSYNC_MS")) : 0;
  tear = getenv("FAULT_TEAR") ? atoi(getenv("FAULT_TEAR")) : 0;
  seed = (unsigned)getpid() ^ (unsigned)time(NULL);
}

/* Other constructors may write before ours has run. */
#define READY() do { if (!real_write) find_real(); } while (0)

static int under_dir(const char *path) {
  return dir && strncmp(path, dir, dir_length) == 0 && (path[dir_length] == '/' || path[dir_length] == 0);
}

static int ends_with(const char *text, const char *end) {
  size_t a = strlen(text), b = strlen(end);
  return a >= b && strcmp(text + a - b, end) == 0;
}

/* The path of an open file; a removed one has none. */
static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return !ends_with(path, " (deleted)");
}

/* Absolute, with the links of its folder resolved; the last part need not exist. */
static int full_path(const char *path, char *full) {
  char copy[PATH_MAX], folder[PATH_MAX];
  if (strlen(path) >= PATH_MAX) return 0;
  strcpy(copy, path);
  char *slash = strrchr(copy, '/');
  const char *last = slash ? slash + 1 : copy;
  if (slash == copy) strcpy(folder, "/");
  else {
    if (slash) *slash = 0;
    if (!realpath(slash ? copy : ".", folder)) return 0;
  }
  return snprintf(full, PATH_MAX, "%s/%s", folder, last) < PATH_MAX;
}

static struct file *file_of(int fd) {
  struct stat st;
  if (!dir || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return NULL;
  for (int i = 0; i < file_count; i++) {
    if (files[i]->ino == st.st_ino && files[i]->dev == st.st_dev) return files[i];
  }
  return NULL;
}

/* ------------------------------------------------------------------------------------------------------- the image */

static void image_path(const char *path, char *out) {
  if (snprintf(out, PATH_MAX, "%s%s", image, path + dir_length) >= PATH_MAX) give_up("path too long");
}

static void inode_path(ino_t ino, char *out) {
  snprintf(out, PATH_MAX, "%s/.inode/%lu", image, (unsigned long)ino);
}

static void make_folders(const char *path) {
  char part[PATH_MAX];
  strcpy(part, path);
  for (char *at = part + 1; *at; at++) {
    if (*at != '/') continue;
    *at = 0;
    mkdir(part, 0700);
    *at = '/';
  }
}

/* Known from now on. One that was there at the start is in the image under its name; a new one is nowhere yet. */
static void know_file(int fd, const char *path, int created) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || ends_with(path, "-shm")) return;
  struct file *file = file_of(fd);
  if (file && !created) return;
  if (!file) {
    if (file_count == MOST_FILES) give_up("too many files");
    file = files[file_count++] = calloc(1, sizeof *file);
  }
  file->dev = st.st_dev;
  file->ino = st.st_ino;
  file->ranges = 0;
  file->shrunk_to = -1;
  if (!image) return;
  char by_inode[PATH_MAX], by_name[PATH_MAX];
  inode_path(st.st_ino, by_inode);
  make_folders(by_inode);
  real_unlink(by_inode);
  if (created) {
    int made = real_open(by_inode, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (made >= 0) close(made);
    return;
  }
  image_path(path, by_name);
  if (link(by_name, by_inode) != 0 && errno != ENOENT) give_up("a file of the image cannot be linked");
}

static void change_name(int what, ino_t ino, const char *path, const char *to) {
  if (!image) return;
  if (name_count == MOST_NAMES) give_up("too many names");
  struct name *name = names[name_count++] = calloc(1, sizeof *name);
  name->what = what;
  name->ino = ino;
  strcpy(name->path, path);
  if (to) strcpy(name->to, to);
}

static void add_range(struct file *file, off_t from, off_t to) {
  if (to <= from) return;
  for (int i = 0; i < file->ranges; i++) {
    struct range *range = &file->range[i];
    if (from > range->to || to < range->from) continue;
    if (from < range->from) range->from = from;
    if (to > range->to) range->to = to;
    return;
  }
  if (file->ranges == MOST_RANGES) {
    /* One that spans all: what lies between is as it was synced before. */
    struct range all = {from, to};
    for (int i = 0; i < file->ranges; i++) {
      if (file->range[i].from < all.from) all.from = file->range[i].from;
      if (file->range[i].to > all.to) all.to = file->range[i].to;
    }
    file->range[0] = all;
    file->ranges = 1;
    return;
  }
  file->range[file->ranges].from = from;
  file->range[file->ranges].to = to;
  file->ranges++;
}

static void copy_range(int from_fd, int to_fd, off_t from, off_t to) {
  static char buffer[1 << 16];
  while (from < to) {
    size_t want = (size_t)(to - from) < sizeof buffer ? (size_t)(to - from) : sizeof buffer;
    ssize_t got = pread(from_fd, buffer, want, from);
    if (got <= 0) return;
    if (real_pwrite(to_fd, buffer, (size_t)got, from) != got) give_up("the image cannot be written");
    from += got;
  }
}

/* The fd may only write; but another one may not be opened and closed where it can be avoided: closing drops record locks. */
static int readable(int fd) {
  char byte, link[64];
  if (pread(fd, &byte, 1, 0) >= 0 || errno != EBADF) return fd;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return real_open(link, O_RDONLY, 0);
}

static void sync_content(int fd, struct file *file) {
  char by_inode[PATH_MAX];
  struct stat st;
  inode_path(file->ino, by_inode);
  int to = real_open(by_inode, O_WRONLY | O_CREAT, 0600);
  int from = readable(fd);
  if (to < 0 || from < 0 || fstat(fd, &st) != 0) give_up("a file of the image cannot be opened");
  if (file->shrunk_to >= 0) real_ftruncate(to, file->shrunk_to);
  real_ftruncate(to, st.st_size);
  for (int i = 0; i < file->ranges; i++) {
    off_t end = file->range[i].to < st.st_size ? file->range[i].to : st.st_size;
    copy_range(from, to, file->range[i].from, end);
  }
  file->ranges = 0;
  file->shrunk_to = -1;
  close(to);
  if (from != fd) close(from);
}

static int in_folder(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/' && !strchr(path + length + 1, '/');
}

static void sync_names(const char *folder) {
  int left = 0;
  for (int i = 0; i < name_count; i++) {
    struct name *name = names[i];
    if (!in_folder(name->path, folder) && !(name->what == RENAMED && in_folder(name->to, folder))) {
      names[left++] = name;
      continue;
    }
    char by_name[PATH_MAX], by_inode[PATH_MAX];
    image_path(name->what == RENAMED ? name->to : name->path, by_name);
    make_folders(by_name);
    inode_path(name->ino, by_inode);
    real_unlink(by_name);
    if (name->what != REMOVED && link(by_inode, by_name) != 0) give_up("a name of the image cannot be made");
    if (name->what == RENAMED) {
      image_path(name->path, by_name);
      real_unlink(by_name);
    }
    free(name);
  }
  name_count = left;
}

/* ----------------------------------------------------------------------------------------------------- the failures */

/* The errno that an operation shall fail with, or 0. */
static int failing(int syncing) {
  char text[16] = "";
  if (!fail_file) return 0;
  int fd = real_open(fail_file, O_RDONLY, 0);
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length < 0) return 0;
  if (strncmp(text, "ENOSPC", 6) == 0) return syncing ? 0 : ENOSPC;
  if (strncmp(text, "FSYNC", 5) == 0) return syncing ? EIO : 0;
  return EIO;
}

static void wait_for_sync(void) {
  long ms = fsync_ms;
  if (fsync_file) {
    char text[32] = "";
    int fd = real_open(fsync_file, O_RDONLY, 0);
    if (fd >= 0) {
      if (read(fd, text, sizeof text - 1) > 0) ms = atol(text);
      close(fd);
    }
  }
  if (ms <= 0) return;
  struct timespec rest = {ms / 1000, (ms % 1000) * 1000000L};
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {}
}

static void tell_log(const char *kind, const char *path) {
  if (!log_file) return;
  char line[PATH_MAX + 32];
  int length = snprintf(line, sizeof line, "%s %s\n", kind, path);
  int fd = real_open(log_file, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0) return;
  if (real_write(fd, line, (size_t)length) != length) give_up("the log cannot be written");
  close(fd);
}

/* ------------------------------------------------------------------------------------------------------ what is called */

static void wrote(int fd, off_t from, ssize_t length) {
  if (length <= 0 || !image) return;
  int kept = errno;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  if (file) {
    add_range(file, from, from + length);
    if (tear > 0 && (int)(rand_r(&seed) % 100) < tear) {
      char by_inode[PATH_MAX];
      inode_path(file->ino, by_inode);
      int to = real_open(by_inode, O_WRONLY | O_CREAT, 0600);
      int source = readable(fd);
      if (to >= 0 && source >= 0) copy_range(source, to, from, from + length);
      if (to >= 0) close(to);
      if (source >= 0 && source != fd) close(source);
    }
  }
  pthread_mutex_unlock(&lock);
  errno = kept;
}

/* Writing to a file of ours fails now. */
static int refused(int fd) {
  int kept = errno;
  int why = failing(0);
  if (why) {
    pthread_mutex_lock(&lock);
    if (!file_of(fd)) why = 0;
    pthread_mutex_unlock(&lock);
  }
  errno = why ? why : kept;
  return why != 0;
}

static off_t end_of_write(int fd, ssize_t length) {
  return length > 0 ? lseek(fd, 0, SEEK_CUR) - length : 0;
}

ssize_t write(int fd, const void *data, size_t length) {
  READY();
  if (!dir) return real_write(fd, data, length);
  if (refused(fd)) return -1;
  ssize_t done = real_write(fd, data, length);
  if (image && done > 0) {
    int kept = errno;
    off_t from = end_of_write(fd, done);
    errno = kept;
    if (from >= 0) wrote(fd, from, done);
  }
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) {
  READY();
  if (!dir) return real_pwrite(fd, data, length, at);
  if (refused(fd)) return -1;
  ssize_t done = real_pwrite(fd, data, length, at);
  wrote(fd, at, done);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return pwrite64(fd, data, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  READY();
  if (!dir) return real_writev(fd, parts, count);
  if (refused(fd)) return -1;
  ssize_t done = real_writev(fd, parts, count);
  if (image && done > 0) {
    int kept = errno;
    off_t from = end_of_write(fd, done);
    errno = kept;
    if (from >= 0) wrote(fd, from, done);
  }
  return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off_t at) {
  READY();
  if (!dir) return real_pwritev(fd, parts, count, at);
  if (refused(fd)) return -1;
  ssize_t done = real_pwritev(fd, parts, count, at);
  wrote(fd, at, done);
  return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return pwritev64(fd, parts, count, at); }

int ftruncate64(int fd, off_t size) {
  READY();
  if (!dir) return real_ftruncate(fd, size);
  if (refused(fd)) return -1;
  int result = real_ftruncate(fd, size);
  if (result == 0 && image) {
    pthread_mutex_lock(&lock);
    struct file *file = file_of(fd);
    if (file && (file->shrunk_to < 0 || size < file->shrunk_to)) file->shrunk_to = size;
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int sync_file(int fd, const char *kind, int (*real)(int)) {
  char path[PATH_MAX];
  struct stat st;
  READY();
  int ours = path_of(fd, path) && under_dir(path);
  if (dir && !ours) return real(fd);
  wait_for_sync();
  if (!dir) return real(fd);
  tell_log(kind, path);
  int why = failing(1);
  if (why) {
    errno = why;
    return -1;
  }
  if (!image) return real(fd);
  /* The image is what counts; the machine itself is not going to lose power. */
  if (fstat(fd, &st) != 0) return -1;
  pthread_mutex_lock(&lock);
  struct file *file = file_of(fd);
  if (S_ISDIR(st.st_mode)) sync_names(path);
  else if (file) sync_content(fd, file);
  pthread_mutex_unlock(&lock);
  return 0;
}

int fsync(int fd) {
  READY();
  return sync_file(fd, "fsync", real_fsync);
}

int fdatasync(int fd) {
  READY();
  return sync_file(fd, "fdatasync", real_fdatasync);
}

static int open_file(const char *path, int flags, mode_t mode) {
  READY();
  if (!dir || !(flags & (O_WRONLY | O_RDWR | O_CREAT))) return real_open(path, flags, mode);
  char full[PATH_MAX];
  if (!full_path(path, full) || !under_dir(full)) return real_open(path, flags, mode);
  pthread_mutex_lock(&lock);
  int existed = access(full, F_OK) == 0;
  int fd = real_open(path, flags, mode);
  int kept = errno;
  struct stat st;
  if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
    know_file(fd, full, !existed);
    struct file *file = file_of(fd);
    if (file && !existed) change_name(CREATED, st.st_ino, full, NULL);
    if (file && existed && (flags & O_TRUNC)) file->shrunk_to = 0;
  }
  pthread_mutex_unlock(&lock);
  errno = kept;
  return fd;
}

static mode_t mode_argument(int flags, va_list arguments) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_argument(flags, arguments);
  va_end(arguments);
  return open_file(path, flags, mode);
}

static ino_t inode_at(const char *path) {
  struct stat st;
  return lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? st.st_ino : 0;
}

int unlink(const char *path) {
  READY();
  char full[PATH_MAX];
  if (!image || !full_path(path, full) || !under_dir(full) || ends_with(full, "-shm")) return real_unlink(path);
  pthread_mutex_lock(&lock);
  ino_t ino = inode_at(full);
  int result = real_unlink(path);
  int kept = errno;
  if (result == 0 && ino) change_name(REMOVED, ino, full, NULL);
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}

int rename(const char *from, const char *to) {
  READY();
  char full_from[PATH_MAX], full_to[PATH_MAX];
  if (!image || !full_path(from, full_from) || !full_path(to, full_to)) return real_rename(from, to);
  if (!under_dir(full_from) || !under_dir(full_to)) return real_rename(from, to);
  pthread_mutex_lock(&lock);
  ino_t ino = inode_at(full_from);
  char by_inode[PATH_MAX], by_name[PATH_MAX];
  inode_path(ino, by_inode);
  image_path(full_from, by_name);
  /* A file that was there at the start and never opened for writing since is in the image by its name only. */
  if (ino && access(by_inode, F_OK) != 0) {
    make_folders(by_inode);
    if (link(by_name, by_inode) != 0) ino = 0;
  }
  int result = real_rename(from, to);
  int kept = errno;
  if (result == 0 && ino) change_name(RENAMED, ino, full_from, full_to);
  pthread_mutex_unlock(&lock);
  errno = kept;
  return result;
}
