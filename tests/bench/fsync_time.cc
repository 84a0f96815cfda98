// SPDX-License-Identifier: Apache-2.0
// fsync_time FOLDER: what appending 4 KiB and making it durable costs there, as a line of JSON.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fsync_time FOLDER\n");
    return 2;
  }
  const std::string path = std::string(argv[1]) + "/fsync-time";
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    std::perror(path.c_str());
    return 1;
  }
  constexpr size_t kRounds = 400;
  const std::vector<char> page(4096, 'x');
  std::vector<double> microseconds;
  for (size_t i = 0; i < kRounds; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (write(fd, page.data(), page.size()) != static_cast<ssize_t>(page.size()) ||
        fsync(fd) != 0) {
      std::perror("fsync");
      return 1;
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    microseconds.push_back(took.count());
  }
  close(fd);
  unlink(path.c_str());
  std::sort(microseconds.begin(), microseconds.end());
  std::printf("{\"scenario\":\"fsync\",\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
              microseconds[kRounds / 2], microseconds[kRounds * 99 / 100]);
  return 0;
}
