/* Wine 8 has no bcryptprimitives.dll, from which Rust's standard library takes random numbers on
   Windows. This one passes the call on to the older function for the same purpose. */

#include <windows.h>

/* Declared by no header under this name; `RtlGenRandom` is its documented one. */
BOOLEAN WINAPI SystemFunction036(PVOID buffer, ULONG length);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T length) {
  return SystemFunction036(buffer, (ULONG)length);
}
