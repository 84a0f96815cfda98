// SPDX-License-Identifier: Apache-2.0
// How the C library's allocator deals with the system.
#pragma once

namespace skyden::base {

// Once, before threads are started: a daemon that thousands of connections come to and leave again
// keeps no more than it uses.
void TuneAllocator();

// Gives back what is free. Takes some milliseconds for every 100 MB; who allocates meanwhile waits
// for a part of that.
void GiveBackFreeMemory();

}  // namespace skyden::base
