// SPDX-License-Identifier: Apache-2.0
#include "tests/test_data.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#include "skyden/base/gzip.h"
#include "tests/source_dir.h"

namespace skyden {
namespace {

constexpr size_t kBytesMax = 64u << 20;

}  // namespace

std::string ReadTestData(const std::string& name) {
  const std::string path = SourceDir() + "/tests/data/" + name + ".gz";
  INFO(path);
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  const std::string packed{std::istreambuf_iterator<char>(file), {}};
  const auto text = base::Gunzip(packed, kBytesMax);
  INFO(text.status());
  REQUIRE(text.ok());
  return *text;
}

std::vector<std::string> TestDataLines(const std::string& name) {
  std::istringstream text(ReadTestData(name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace skyden
