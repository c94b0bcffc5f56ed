#!/usr/bin/env bash
# Builds runkey for another system: build-program.sh TARGET FILE
#
# Rust's standard library for the target is rustup's where it is installed. Where it is not, Debian's
# Rust builds it from its source, so that nothing but Debian's packages is needed.
#
# A C compiler is needed as well, since the library `ring` holds C: Zig's for Linux, where the
# programs are static (musl) and so run on any distribution, and MinGW's for Windows.
set -euo pipefail

target=$1
file=$(realpath -m "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

give_up() {
  echo "runkey cannot be built for $target: $*" >&2
  exit 1
}

# Without this, the names of this machine's folders would be in the program.
target_dir=${CARGO_TARGET_DIR:-$PWD/target}
RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=crates"
RUSTFLAGS+=" --remap-path-prefix=$target_dir=target --remap-path-prefix=$PWD=."

case $target in
  *-linux-musl)
    command=zigbuild
    command -v cargo-zigbuild >/dev/null ||
      give_up "cargo-zigbuild is missing. Install it, with Zig, by: pip install cargo-zigbuild"
    ;;
  *-windows-gnu)
    command=build
    # Without this, the time of the build would be in the program.
    RUSTFLAGS+=" -C link-arg=-Wl,--no-insert-timestamp"
    command -v x86_64-w64-mingw32-gcc >/dev/null ||
      give_up "MinGW is missing. Install it by: apt-get install gcc-mingw-w64-x86-64"
    ;;
  *) give_up "there is no recipe for it." ;;
esac

if [ -d "$(rustc --print target-libdir --target "$target")" ]; then
  cargo=cargo
  standard_library=()
elif [ -d /usr/lib/rustlib/src/rust/library ] && [ -x /usr/bin/cargo ]; then
  cargo=/usr/bin/cargo
  # `-Z build-std` is not stable yet; the variable allows it all the same.
  standard_library=(-Z 'build-std=std,panic_abort')
  export CARGO=$cargo RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
  # Debian's Rust has no start-up files for other systems: those of the C compiler are used.
  RUSTFLAGS+=" -C link-self-contained=no"
else
  give_up "Rust's standard library for it is missing. Install it by: rustup target add $target, or on Debian: apt-get install rustc-web cargo-web rust-web-src"
fi

export RUSTFLAGS
"$cargo" "$command" --release --locked --package runkey \
  --target "$target" --target-dir "$target_dir" "${standard_library[@]}"

program=$target_dir/$target/release/runkey
[ -f "$program" ] || program+=.exe
install -D -m 755 "$program" "$file"
