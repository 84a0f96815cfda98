// SPDX-License-Identifier: Apache-2.0
// A client that sends the frames it is told to, decent or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skyden::rpc {

enum FrameType : uint8_t {
  kData,
  kHeaders,
  kPriority,
  kResetStream,
  kSettings,
  kPushPromise,
  kPing,
  kGoAway,
  kWindowUpdate,
  kContinuation
};
inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kEndHeaders = 4;
inline constexpr uint8_t kPadded = 8;
inline constexpr uint8_t kAck = 1;
inline constexpr uint32_t kEnhanceYourCalm = 11;

inline constexpr std::string_view kMagic = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

struct Frame {
  uint8_t type = 0;
  uint8_t flags = 0;
  uint32_t stream_id = 0;
  std::string payload;
};

std::string Encode(uint8_t type, uint8_t flags, uint32_t stream_id, std::string_view payload = {});
std::string Number(uint32_t value);  // four bytes
// Literals without any table.
std::string HeaderBlock(const std::vector<std::pair<std::string, std::string>>& headers);
std::vector<std::pair<std::string, std::string>> CallHeaders(const std::string& path);
// HEADERS that begin a call of `path`.
std::string BeginCall(uint32_t stream_id, const std::string& path);
// "name: value" lines of a header block that uses no table of its own.
std::string DecodeHeaders(std::string_view block);
std::string GrpcMessage(std::string_view message, uint8_t flag = 0);

class RawH2 {
 public:
  // Connects, says who it is and has no settings of its own.
  explicit RawH2(const std::string& address, std::string_view hello = {});
  ~RawH2();
  RawH2(const RawH2&) = delete;
  RawH2& operator=(const RawH2&) = delete;

  // False when the peer has hung up.
  bool Send(std::string_view bytes);
  // The same; false too when the socket takes no more for `patience_ms`.
  bool SendAll(std::string_view bytes, int patience_ms);
  // The next frame; nullopt when the peer has hung up, or says nothing for 20 s.
  std::optional<Frame> Read();
  // Reads until one of `type` comes.
  std::optional<Frame> ReadUntil(uint8_t type);
  // Reads to the end: the last GOAWAY's code and text; nullopt when there was none, or no end.
  std::optional<std::pair<uint32_t, std::string>> GoAway();
  bool IsHungUp();  // within 20 s, whatever comes before
  int fd() const { return fd_; }

 private:
  bool Fill();

  int fd_ = -1;
  std::string buffer_;
  bool silent_ = false;
};

}  // namespace skyden::rpc
