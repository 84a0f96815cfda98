// SPDX-License-Identifier: Apache-2.0
// A TCP client that sends exactly the bytes it is told to.
#pragma once

#include <string>
#include <string_view>

namespace skyden::http {

class RawClient {
 public:
  // "127.0.0.1:41234"; from another address of loopback than that when `from` names one.
  explicit RawClient(const std::string& address, const char* from = nullptr);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the peer has closed.
  bool Send(std::string_view bytes);
  // One response by its Content-Length; what was read when the peer closes or 10 s pass.
  std::string ReadResponse();
  // The head only, of an answer to HEAD.
  std::string ReadHead();
  // What comes until `text` has, `text` included; all there was when the peer closes or 10 s pass.
  std::string ReadUntil(std::string_view text);
  // True when the peer closes within 10 s; what came until then is in `rest`.
  bool ReadToEnd(std::string& rest);

 private:
  bool Fill();

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace skyden::http
