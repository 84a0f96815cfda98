// SPDX-License-Identifier: Apache-2.0
#include "tests/rpc/raw_h2.h"

#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "skyden/net/address.h"

namespace skyden::rpc {
namespace {

constexpr int kPatienceMs = 20'000;
constexpr size_t kFrameHead = 9;

// HPACK: an integer of seven bits and, where they do not do, more.
std::string Length(size_t size) {
  std::string bytes;
  if (size < 127) return bytes += static_cast<char>(size);
  bytes += static_cast<char>(127);
  for (size -= 127; size >= 128; size /= 128) bytes += static_cast<char>(size % 128 + 128);
  return bytes += static_cast<char>(size);
}

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

}  // namespace

std::string Number(uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string Encode(uint8_t type, uint8_t flags, uint32_t stream_id, std::string_view payload) {
  std::string frame = Number(static_cast<uint32_t>(payload.size())).substr(1);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame + Number(stream_id) + std::string(payload);
}

std::string HeaderBlock(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block += '\0';
    block += Length(name.size()) + name + Length(value.size()) + value;
  }
  return block;
}

std::vector<std::pair<std::string, std::string>> CallHeaders(const std::string& path) {
  return {{":method", "POST"},       {":scheme", "http"},  {":path", path},
          {":authority", "test"},    {"te", "trailers"},   {"content-type", "application/grpc"},
          {"x-token", "some token"}, {"user-agent", "raw"}};
}

std::string BeginCall(uint32_t stream_id, const std::string& path) {
  return Encode(kHeaders, kEndHeaders, stream_id, HeaderBlock(CallHeaders(path)));
}

std::string GrpcMessage(std::string_view message, uint8_t flag) {
  return std::string(1, static_cast<char>(flag)) + Number(static_cast<uint32_t>(message.size())) +
         std::string(message);
}

std::string DecodeHeaders(std::string_view block) {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) != 0) return "";
  std::string text;
  int flags = 0;
  while ((flags & NGHTTP2_HD_INFLATE_FINAL) == 0) {
    nghttp2_nv entry = {};
    flags = 0;
    const auto used = nghttp2_hd_inflate_hd2(
        inflater, &entry, &flags, reinterpret_cast<const uint8_t*>(block.data()), block.size(), 1);
    if (used < 0) break;
    block.remove_prefix(static_cast<size_t>(used));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0) continue;
    text.append(reinterpret_cast<const char*>(entry.name), entry.namelen).append(": ");
    text.append(reinterpret_cast<const char*>(entry.value), entry.valuelen).append("\n");
  }
  nghttp2_hd_inflate_del(inflater);
  return text;
}

RawH2::RawH2(const std::string& address, std::string_view hello) {
  const auto to = net::SocketAddress::Parse(address);
  if (!to.ok()) return;
  fd_ = socket(to->get()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || connect(fd_, to->get(), to->size()) != 0) return;
  Send(hello.empty() ? std::string(kMagic) + Encode(kSettings, 0, 0) : std::string(hello));
}

RawH2::~RawH2() {
  if (fd_ >= 0) close(fd_);
}

bool RawH2::Send(std::string_view bytes) { return SendAll(bytes, kPatienceMs); }

bool RawH2::SendAll(std::string_view bytes, int patience_ms) {
  while (!bytes.empty()) {
    pollfd ready = {fd_, POLLOUT, 0};
    if (poll(&ready, 1, patience_ms) != 1) return false;
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

bool RawH2::Fill() {
  pollfd ready = {fd_, POLLIN, 0};
  if (poll(&ready, 1, kPatienceMs) != 1) {
    silent_ = true;
    return false;
  }
  char bytes[16'384];
  const ssize_t got = recv(fd_, bytes, sizeof(bytes), 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::optional<Frame> RawH2::Read() {
  while (buffer_.size() < kFrameHead) {
    if (!Fill()) return std::nullopt;
  }
  const size_t length = ReadNumber(std::string(1, '\0') + buffer_.substr(0, 3));
  while (buffer_.size() < kFrameHead + length) {
    if (!Fill()) return std::nullopt;
  }
  Frame frame;
  frame.type = static_cast<uint8_t>(buffer_[3]);
  frame.flags = static_cast<uint8_t>(buffer_[4]);
  frame.stream_id = ReadNumber(std::string_view(buffer_).substr(5));
  frame.payload = buffer_.substr(kFrameHead, length);
  buffer_.erase(0, kFrameHead + length);
  return frame;
}

std::optional<Frame> RawH2::ReadUntil(uint8_t type) {
  auto frame = Read();
  while (frame.has_value() && frame->type != type) frame = Read();
  return frame;
}

std::optional<std::pair<uint32_t, std::string>> RawH2::GoAway() {
  std::optional<std::pair<uint32_t, std::string>> said;
  while (const auto frame = ReadUntil(rpc::kGoAway)) {
    said.emplace(ReadNumber(std::string_view(frame->payload).substr(4)), frame->payload.substr(8));
  }
  return silent_ ? std::nullopt : said;
}

bool RawH2::IsHungUp() {
  while (Fill()) buffer_.clear();
  return !silent_;
}

}  // namespace skyden::rpc
