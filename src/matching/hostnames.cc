// SPDX-License-Identifier: Apache-2.0
#include "matching/hostnames.h"

#include <algorithm>

namespace skyden::matching {
namespace {

using Parts = std::vector<std::string_view>;

Parts Split(std::string_view host) {
  Parts parts;
  while (true) {
    const size_t dot = host.find('.');
    parts.push_back(host.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    host.remove_prefix(dot + 1);
  }
}

// `host` is `wide`, or lies within it.
bool Contains(const Parts& wide, const Parts& host) {
  if (wide.size() > host.size()) return false;
  if (!std::equal(wide.rbegin(), wide.rend() - 1, host.rbegin())) return false;
  return wide.front() == kAnyHost || wide.front() == host.front();
}

}  // namespace

bool HostsMeet(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const Parts a_parts = Split(a);
  const Parts b_parts = Split(b);
  return Contains(a_parts, b_parts) || Contains(b_parts, a_parts);
}

bool IsMoreExactHost(std::string_view a, std::string_view b) {
  const Parts a_parts = Split(a);
  const Parts b_parts = Split(b);
  const bool a_wild = a_parts.front() == kAnyHost;
  const bool b_wild = b_parts.front() == kAnyHost;
  if (a_wild != b_wild) return b_wild;
  if (a_wild && a_parts.size() != b_parts.size()) return a_parts.size() > b_parts.size();
  return a < b;
}

}  // namespace skyden::matching
