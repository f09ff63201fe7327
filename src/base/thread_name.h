// The name of the thread as logs show it: "MainThread", "Thread-1 (worker)". Each thread has its
// own.
#pragma once

#include <string>

namespace sluice {

void set_thread_name(std::string name);
// "MainThread" for a thread that was never named.
const std::string& thread_name();

}  // namespace sluice
