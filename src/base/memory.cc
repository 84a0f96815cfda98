// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/memory.h"

#include <malloc.h>

#include <algorithm>
#include <thread>

namespace skyden::base {
namespace {

// Blocks from this size on are mapped each for itself. They come fresh, so that what is not touched
// takes no memory, and go back when they are freed. gRPC's read buffers are of this size.
constexpr int kMappedBytes = 64 << 10;
// The kernel allows a process 65,530 mappings, and threads need some too.
constexpr int kMappedBlocks = 32'768;

}  // namespace

void TuneAllocator() {
  // By default there are eight for every core, and what is free in one is of no use to another.
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2u, std::thread::hardware_concurrency())));
  mallopt(M_MMAP_THRESHOLD, kMappedBytes);
  mallopt(M_MMAP_MAX, kMappedBlocks);
}

void GiveBackFreeMemory() { malloc_trim(0); }

}  // namespace skyden::base
