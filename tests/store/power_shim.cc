// SPDX-License-Identifier: Apache-2.0
// Preloaded into a PostgreSQL server, makes its disk one whose power goes at a chosen call
// (postgres_power.h). Of every file it keeps what it held when it was last synced, under its
// inode's number in the folder `synced` of the one that SKYDEN_POWER names; the power goes by
// killing every process of the server at once. It never waits for the real disk.
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/preloaded.h"
#include "tests/store/power_shared.h"

namespace {

using skyden::store::testing::PowerShared;

PowerShared* shared = nullptr;
char folder[256];

void Register() {
  if (shared == nullptr) return;
  const int at = shared->processes.fetch_add(1);
  if (at < PowerShared::kProcessesMax) shared->pids[at] = getpid();
}

__attribute__((constructor)) void Begin() {
  const char* const named = std::getenv("SKYDEN_POWER");
  if (named == nullptr || std::strlen(named) > sizeof folder - 64) return;
  std::strcpy(folder, named);
  char path[320];
  std::snprintf(path, sizeof path, "%s/shared", folder);
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC));
  if (file < 0) return;
  void* const at = mmap(nullptr, sizeof(PowerShared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
  if (at == MAP_FAILED) return;
  shared = static_cast<PowerShared*>(at);
  Register();
  pthread_atfork(nullptr, nullptr, &Register);
}

// Who ended by itself is nobody's to kill: its number may be somebody else's.
__attribute__((destructor)) void End() {
  if (shared == nullptr) return;
  const int processes = shared->processes.load();
  for (int i = 0; i < processes && i < PowerShared::kProcessesMax; ++i) {
    int own = getpid();
    shared->pids[i].compare_exchange_strong(own, 0);
  }
}

bool IsInOurFolder(int pid) {
  char link[64];
  char theirs[512];
  char ours[512];
  std::snprintf(link, sizeof link, "/proc/%d/cwd", pid);
  const ssize_t size = readlink(link, theirs, sizeof theirs);
  return size > 0 && size == readlink("/proc/self/cwd", ours, sizeof ours) &&
         std::memcmp(theirs, ours, static_cast<size_t>(size)) == 0;
}

[[noreturn]] void Die() {
  const int processes = shared->processes.load();
  for (int i = 0; i < processes && i < PowerShared::kProcessesMax; ++i) {
    const int pid = shared->pids[i];
    if (pid != 0 && pid != getpid() && IsInOurFolder(pid)) kill(pid, SIGKILL);
  }
  kill(getpid(), SIGKILL);
  while (true) pause();
}

// One more call that changes something. The power may go in its place.
void Count() {
  if (shared == nullptr) return;
  const int before = errno;
  const int64_t call = shared->calls.fetch_add(1) + 1;
  const int64_t cut_at = shared->cut_at.load();
  if (shared->happened.load() != 0 || (cut_at > 0 && call >= cut_at)) {
    shared->happened = 1;
    Die();
  }
  errno = before;
}

bool IsFile(int file, struct stat& info) {
  return fstat(file, &info) == 0 && S_ISREG(info.st_mode);
}

void PathOf(ino_t inode, const char* ending, char (&path)[320]) {
  std::snprintf(path, sizeof path, "%s/synced/%llu%s", folder,
                static_cast<unsigned long long>(inode), ending);
}

int Create(const char* path) {
  return static_cast<int>(
      syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
}

// What a file holds now is what it holds for good.
void Keep(int file, ino_t inode) {
  char from[64];
  char making[320];
  char made[320];
  std::snprintf(from, sizeof from, "/proc/self/fd/%d", file);
  PathOf(inode, ".new", making);
  PathOf(inode, "", made);
  while (shared->lock.exchange(1) != 0) sched_yield();
  const auto in = static_cast<int>(syscall(SYS_openat, AT_FDCWD, from, O_RDONLY | O_CLOEXEC));
  const int out = Create(making);
  static char some[1 << 16];
  ssize_t bytes = 0;
  while ((bytes = syscall(SYS_read, in, some, sizeof some)) > 0) {
    if (syscall(SYS_write, out, some, bytes) != bytes) abort();
  }
  if (in < 0 || out < 0 || bytes < 0) abort();
  syscall(SYS_close, in);
  syscall(SYS_close, out);
  // Not after the power went, lest somebody be told of it.
  if (shared->happened.load() != 0) Die();
  if (syscall(SYS_rename, making, made) != 0) abort();
  shared->lock = 0;
}

int Sync(const char* name, int file) {
  if (shared == nullptr) return skyden::Next<int(int)>(name)(file);
  Count();
  struct stat info {};
  const int before = errno;
  if (IsFile(file, info)) Keep(file, info.st_ino);
  errno = before;
  return 0;
}

// A file that comes to be holds nothing for good, whatever its inode was before.
int Open(const char* name, const char* path, int flags, mode_t mode) {
  const bool comes = shared != nullptr && (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
  const int file = skyden::Next<int(const char*, int, ...)>(name)(path, flags, mode);
  struct stat info {};
  if (comes && file >= 0 && IsFile(file, info)) {
    char nothing[320];
    PathOf(info.st_ino, "", nothing);
    const int made = Create(nothing);
    if (made >= 0) syscall(SYS_close, made);
  }
  return file;
}

mode_t ModeOf(int flags, va_list& list) {
  return (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : mode_t{0};
}

}  // namespace

extern "C" {

int fsync(int file) { return Sync("fsync", file); }
int fdatasync(int file) { return Sync("fdatasync", file); }

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  Count();
  return skyden::Next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(file, data, size, offset);
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  Count();
  return skyden::Next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64")(file, data, size,
                                                                              offset);
}

int open(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = ModeOf(flags, list);
  va_end(list);
  return Open("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  const mode_t mode = ModeOf(flags, list);
  va_end(list);
  return Open("open64", path, flags, mode);
}

}  // extern "C"
