#!/bin/bash
# The tree of the machine's disk: a minimal system with Podman, libvirt (QEMU and LXC) and sshd. Runs in a mount namespace.
set -euo pipefail
. "$(dirname "$0")/settings.sh"
mirror=$(mirror)
[ -n "$mirror" ] || { echo "no package archive of $suite found in this machine's apt sources" >&2; exit 1; }
components=main
[ "$ID" = ubuntu ] && components=main,universe # unseen: written for Ubuntu, never run there
mkdir -p "$work/packages"

debootstrap --variant=minbase --cache-dir="$work/packages" --components=$components \
    --include=ca-certificates,systemd,systemd-sysv,udev,dbus,kmod,iproute2 "$suite" "$root" "$mirror"

cat >"$root/etc/dpkg/dpkg.cfg.d/small" <<'X'
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
X
cat >"$root/etc/apt/apt.conf.d/90testhost" <<'X'
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
X
apt-config dump | grep -i '^Acquire::http.*::Proxy' >>"$root/etc/apt/apt.conf.d/90testhost" || true
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true # an archive behind https
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mkdir -p "$root/var/cache/apt/archives"
mount --bind "$work/packages" "$root/var/cache/apt/archives"

kernel=linux-image-cloud-amd64
[ "$ID" = ubuntu ] && kernel=linux-image-virtual
inside apt-get -q update
# shellcheck disable=SC2046 # a list of words
inside apt-get -qy install $(grep -v '^#' "$scripts/packages.txt")

# The kernel is unpacked only: no initramfs tools, no bootloader; QEMU is handed both.
image=$(inside apt-cache depends $kernel | awk '/Depends: linux-image-[0-9]/ {print $2; exit}')
release=${image#linux-image-}
parts=$image
inside apt-cache show "linux-modules-$release" >/dev/null 2>&1 && parts="$parts linux-modules-$release"
# shellcheck disable=SC2086 # one or two names
inside sh -c "cd /tmp && apt-get -q -o APT::Sandbox::User=root download $parts"
mkdir -p "$root/tmp/kernel"
for package in "$root"/tmp/linux-*.deb; do dpkg -x "$package" "$root/tmp/kernel"; done
cp "$root/tmp/kernel/boot/vmlinuz-$release" "$work/vmlinuz"
cp "$work/vmlinuz" "$root/boot/vmlinuz" # for the guest inside
mkdir -p "$root/lib/modules"
cp -a "$root/tmp/kernel/lib/modules/$release" "$root/lib/modules/"
inside depmod -a "$release"

# a first root of busybox and the modules of the disk (ext4 is built in)
first=$root/tmp/first
mkdir -p "$first"/{bin,dev,proc,sys,root,m}
cp "$root/bin/busybox" "$first/bin/"
modules="virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk"
for module in $modules; do
    file=$(find "$root/lib/modules/$release" -name "$module.ko*")
    case $file in
    *.xz) xz -dc "$file" >"$first/m/$module.ko" ;;
    *.zst) zstd -dcq "$file" >"$first/m/$module.ko" ;;
    *.ko) cp "$file" "$first/m/" ;;
    esac
done
cat >"$first/init" <<X
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs d /dev; /bin/busybox mount -t proc p /proc; /bin/busybox mount -t sysfs s /sys
for m in $modules; do [ ! -e /m/\$m.ko ] || /bin/busybox insmod /m/\$m.ko; done
i=0; while [ ! -b /dev/vda ] && [ \$i -lt 100 ]; do /bin/busybox usleep 100000; i=\$((i+1)); done
/bin/busybox mount -t ext4 /dev/vda /root || exec /bin/busybox sh
/bin/busybox umount /proc /sys
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /sbin/init
X
chmod 755 "$first/init"
(cd "$first" && find . | cpio -o -H newc --quiet | gzip -1 >"$work/initrd.img")
rm -rf "$root"/tmp/{first,kernel,linux-*.deb}

# what the machine is: one network card of QEMU's user network, root by key
[ -e "$work/key" ] || ssh-keygen -q -t ed25519 -N '' -C testhost -f "$work/key"
install -d -m 700 "$root/root/.ssh"
install -m 600 "$work/key.pub" "$root/root/.ssh/authorized_keys"
echo testhost >"$root/etc/hostname"
echo '127.0.0.1 localhost testhost' >"$root/etc/hosts"
rm -f "$root/etc/resolv.conf"
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
echo '/dev/vda / ext4 defaults,noatime 0 0' >"$root/etc/fstab"
printf '[Match]\nName=en* eth*\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n' >"$root/etc/systemd/network/10-en.network"

# Under emulation each start of Podman, a big program, costs seconds: no timers and checks that nobody asked for.
for unit in systemd-networkd ssh libvirtd podman.socket; do inside systemctl -q enable $unit; done
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    podman-auto-update.service podman-auto-update.timer podman-restart.service podman.service libvirt-guests.service; do
    inside systemctl -q disable $unit 2>/dev/null || true
    inside systemctl --global -q disable $unit 2>/dev/null || true
done
inside systemctl -q mask systemd-networkd-wait-online.service

# a person with a Podman of her own: it listens without a login
inside useradd -m -s /bin/bash -u 1000 tester
grep -q '^tester:' "$root/etc/subuid" || inside usermod --add-subuids 100000-165535 --add-subgids 100000-165535 tester
mkdir -p "$root/var/lib/systemd/linger"
touch "$root/var/lib/systemd/linger/tester"
wants=home/tester/.config/systemd/user/sockets.target.wants
mkdir -p "$root/$wants"
ln -s /usr/lib/systemd/user/podman.socket "$root/$wants/podman.socket"
inside chown -R tester:tester /home/tester
# without these two a rootless Podman chooses the slow vfs driver on its first use
echo overlay >"$root/etc/modules-load.d/testhost.conf"
mkdir -p "$root/etc/containers"
printf '[storage]\ndriver = "overlay"\nrunroot = "/run/containers/storage"\ngraphroot = "/var/lib/containers/storage"\n' \
    >"$root/etc/containers/storage.conf"

mkdir -p "$root/var/log/journal"
rm -f "$root/usr/sbin/policy-rc.d"
: >"$root/etc/machine-id"
rm -rf "$root"/var/cache/apt/*.bin "$root"/var/lib/apt/lists/*
