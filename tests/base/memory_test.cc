// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/memory.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace {

// What is in memory of this process.
size_t ResidentBytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

constexpr size_t kBlockBytes = 16 << 10;
constexpr size_t kBlocks = 4096;  // 64 MiB in all

}  // namespace

TEST_CASE("what is free between what is in use goes back to the system", "[base]") {
  using Block = std::vector<char>;
  std::vector<std::unique_ptr<Block>> blocks(kBlocks);
  // As connections do: on another thread, and some stay.
  std::thread([&] {
    for (auto& block : blocks) block = std::make_unique<Block>(kBlockBytes, 'x');
  }).join();
  for (size_t i = 0; i < kBlocks; ++i) {
    if (i % 64 != 0) blocks[i] = nullptr;
  }
  const size_t before = ResidentBytes();
  skyden::base::GiveBackFreeMemory();
  CHECK(ResidentBytes() + kBlocks * kBlockBytes / 2 < before);
}
