// SPDX-License-Identifier: Apache-2.0
// What is the same at both ends is put aside; of the rest the longest common subsequence stays.
#include "skyden/preview/line_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "skyden/preview/limits.h"

namespace skyden::preview {
namespace {

using Lines = std::vector<std::string_view>;

constexpr size_t kContext = 3;

Lines LinesOf(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

struct Line {
  char sign = ' ';
  std::string_view text;
};

// Appends what becomes of `before[from_a, to_a)` to be `after[from_b, to_b)`.
void CompareMiddle(const Lines& before, size_t from_a, size_t to_a, const Lines& after,
                   size_t from_b, size_t to_b, std::vector<Line>& out) {
  const size_t rows = to_a - from_a;
  const size_t columns = to_b - from_b;
  // length[i][j]: of the longest common subsequence from there on.
  std::vector<uint16_t> length;
  const size_t width = columns + 1;
  const bool compared = rows <= limits::kDiffLines && columns <= limits::kDiffLines;
  if (compared) {
    length.assign((rows + 1) * width, 0);
    for (size_t i = rows; i-- > 0;) {
      for (size_t j = columns; j-- > 0;) {
        length[i * width + j] =
            before[from_a + i] == after[from_b + j]
                ? static_cast<uint16_t>(length[(i + 1) * width + j + 1] + 1)
                : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
      }
    }
  }
  size_t i = 0;
  size_t j = 0;
  while (compared && i < rows && j < columns) {
    if (before[from_a + i] == after[from_b + j]) {
      out.push_back({' ', before[from_a + i++]});
      ++j;
    } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
      out.push_back({'-', before[from_a + i++]});
    } else {
      out.push_back({'+', after[from_b + j++]});
    }
  }
  while (i < rows) out.push_back({'-', before[from_a + i++]});
  while (j < columns) out.push_back({'+', after[from_b + j++]});
}

}  // namespace

std::string LineDiff(std::string_view before, std::string_view after) {
  const Lines a = LinesOf(before);
  const Lines b = LinesOf(after);
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  if (head == a.size() && head == b.size()) return "";
  std::vector<Line> lines;
  for (size_t i = 0; i < head; ++i) lines.push_back({' ', a[i]});
  CompareMiddle(a, head, a.size() - tail, b, head, b.size() - tail, lines);
  for (size_t i = a.size() - tail; i < a.size(); ++i) lines.push_back({' ', a[i]});

  std::vector<bool> shown(lines.size(), false);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sign == ' ') continue;
    const size_t first = i - std::min(i, kContext);
    const size_t last = std::min(i + kContext, lines.size() - 1);
    for (size_t near = first; near <= last; ++near) shown[near] = true;
  }
  std::string out;
  bool left_out = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!shown[i]) {
      if (!left_out) out += "@@\n";
      left_out = true;
      continue;
    }
    left_out = false;
    out += lines[i].sign;
    out += ' ';
    out += lines[i].text;
    out += '\n';
  }
  return out;
}

}  // namespace skyden::preview
