// SPDX-License-Identifier: Apache-2.0
// Preloaded into a daemon, makes its disk fail on command: while the file `fail-sync` is in the
// folder that FAULTY_DISK_ORDERS names, no sync succeeds; while `disk-full` is, files grow by what
// others of this process give back, and no more. And of threads: `no-threads` lets nobody have one.
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "tests/preloaded.h"

namespace {

bool Ordered(const char* fault) {
  const char* folder = std::getenv("FAULTY_DISK_ORDERS");
  if (folder == nullptr) return false;
  const std::string path = std::string(folder) + "/" + fault;
  return access(path.c_str(), F_OK) == 0;
}

int SyncOrFail(const char* name, int file) {
  const int before = errno;
  if (Ordered("fail-sync")) {
    errno = EIO;
    return -1;
  }
  errno = before;
  return skyden::Next<int(int)>(name)(file);
}

std::atomic<off_t> given_back{0};

// False when the disk is full and has no room for a file that ends at `end` from now on.
bool Fits(int file, off_t end) {
  struct stat info {};
  if (fstat(file, &info) != 0 || end <= info.st_size || !Ordered("disk-full")) return true;
  const off_t growth = end - info.st_size;
  if (given_back.fetch_sub(growth) >= growth) return true;
  given_back += growth;
  return false;
}

ssize_t WriteOrFail(const char* name, int file, const void* data, size_t size, off_t offset) {
  const int before = errno;
  if (!Fits(file, offset + static_cast<off_t>(size))) {
    errno = ENOSPC;
    return -1;
  }
  errno = before;
  return skyden::Next<ssize_t(int, const void*, size_t, off_t)>(name)(file, data, size, offset);
}

}  // namespace

extern "C" {

int fsync(int file) { return SyncOrFail("fsync", file); }
int fdatasync(int file) { return SyncOrFail("fdatasync", file); }
ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
  return WriteOrFail("pwrite", file, data, size, offset);
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  return WriteOrFail("pwrite64", file, data, size, offset);
}

int posix_fallocate(int file, off_t offset, off_t size) {
  if (!Fits(file, offset + size)) return ENOSPC;
  return skyden::Next<int(int, off_t, off_t)>("posix_fallocate")(file, offset, size);
}
int ftruncate(int file, off_t size) {
  struct stat info {};
  const bool shrinks = fstat(file, &info) == 0 && size < info.st_size && Ordered("disk-full");
  if (shrinks) given_back += info.st_size - size;
  return skyden::Next<int(int, off_t)>("ftruncate")(file, size);
}
int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) {
  if (Ordered("no-threads")) return EAGAIN;
  return skyden::Next<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>(
      "pthread_create")(thread, attributes, run, argument);
}

}  // extern "C"
