// SPDX-License-Identifier: Apache-2.0
// Preloaded into a daemon, makes its disk fail on command: while the file `fail-sync` is in the
// folder that FAULTY_DISK_ORDERS names, no sync succeeds; while `disk-full` is, no file grows.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

bool Ordered(const char* fault) {
  const char* folder = std::getenv("FAULTY_DISK_ORDERS");
  if (folder == nullptr) return false;
  const std::string path = std::string(folder) + "/" + fault;
  return access(path.c_str(), F_OK) == 0;
}

template <class Function>
Function* Real(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  Function* function = nullptr;
  static_assert(sizeof found == sizeof function);
  std::memcpy(&function, &found, sizeof found);
  return function;
}

int SyncOrFail(const char* name, int file) {
  const int before = errno;
  if (Ordered("fail-sync")) {
    errno = EIO;
    return -1;
  }
  errno = before;
  return Real<int(int)>(name)(file);
}

ssize_t WriteOrFail(const char* name, int file, const void* data, size_t size, off_t offset) {
  const int before = errno;
  struct stat info {};
  if (fstat(file, &info) == 0 && offset + static_cast<off_t>(size) > info.st_size &&
      Ordered("disk-full")) {
    errno = ENOSPC;
    return -1;
  }
  errno = before;
  return Real<ssize_t(int, const void*, size_t, off_t)>(name)(file, data, size, offset);
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

}  // extern "C"
