// SPDX-License-Identifier: Apache-2.0
// A folder of its own for one test, under TMPDIR, gone with the object.
#pragma once

#include <string>

namespace skyden {

class TempDir {
 public:
  TempDir();  // throws when none can be made
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Removes those of this process whose objects will not: tests/test_main.cc calls it when a test
// aborts the program, which runs no destructors.
void RemoveTempDirsLeft();

}  // namespace skyden
