# What runs on the machine when its state is saved; read by bash inside it, as root. Names are what the tests look for.
set -euo pipefail
files=/var/tmp/workload
mkdir -p $files
chmod 755 $files

# guests, first because they take longest to come up: q1 under QEMU with a shell on its serial console, l1 under libvirt-lxc
mkdir -p $files/first/{bin,dev,proc,sys}
cp /bin/busybox $files/first/bin/
cat >$files/first/init <<'X'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs d /dev; mount -t proc p /proc; mount -t sysfs s /sys
echo GUEST-UP >/dev/console
while :; do setsid cttyhack sh; done
X
chmod 755 $files/first/init
images=/var/lib/libvirt/images
mkdir -p $images
(cd $files/first && find . | cpio -o -H newc --quiet | gzip -1 >$images/first.gz)
cp /boot/vmlinuz $images/vmlinuz
qemu-img create -q -f qcow2 $images/q1.qcow2 64M
tree=/var/lib/libvirt/l1
mkdir -p $tree/{bin,sbin,dev,proc,sys,etc,run,tmp}
cp /bin/busybox $tree/bin/
ln -s ../bin/busybox $tree/sbin/init
ln -s busybox $tree/bin/sh
echo '::respawn:/bin/busybox sleep 100000' >$tree/etc/inittab
cat >$files/q1.xml <<X
<domain type='qemu'><name>q1</name><memory unit='MiB'>96</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type><kernel>$images/vmlinuz</kernel><initrd>$images/first.gz</initrd>
<cmdline>console=ttyS0 quiet mitigations=off nokaslr no_timer_check nowatchdog random.trust_cpu=on</cmdline></os><features><acpi/></features>
<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='$images/q1.qcow2'/>
<target dev='vda' bus='virtio'/></disk>
<interface type='network'><source network='default'/><model type='virtio'/></interface>
<serial type='pty'><log file='/var/log/libvirt/qemu/q1-console.log'/></serial><console type='pty'/>
<memballoon model='virtio'/></devices></domain>
X
cat >$files/l1.xml <<X
<domain type='lxc'><name>l1</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type>exe</type><init>/sbin/init</init></os><devices>
<filesystem type='mount'><source dir='$tree'/><target dir='/'/></filesystem><console type='pty'/></devices></domain>
X
virsh -q -c qemu:///system net-start default
virsh -q -c qemu:///system define $files/q1.xml
virsh -q -c lxc:///system define $files/l1.xml
virsh -q -c qemu:///system start q1
virsh -q -c lxc:///system start l1

mkdir -p $files/image/bin
cp /bin/busybox $files/image/bin/
for name in sh sleep dd; do ln -sf busybox $files/image/bin/$name; done
printf 'FROM scratch\nCOPY bin /bin\nCMD ["/bin/sleep", "1000000"]\n' >$files/image/Containerfile
podman build -q -t localhost/bb $files/image
podman save -q -o $files/bb.tar localhost/bb
chmod 644 $files/bb.tar

# rootful: one that writes, a pod, one that is looked after by a health timer
podman run -d --name idle --network none localhost/bb
podman run -d --name writer --network none -v data:/data localhost/bb \
    sh -c 'while :; do dd if=/dev/zero of=/data/x bs=64k count=16 conv=fsync 2>/dev/null; sleep 1; done'
podman pod create --name pod1 --network none
podman run -d --pod pod1 --name db --memory 128m localhost/bb
podman run -d --pod pod1 --name cache localhost/bb
podman run -d --name checked --network none --health-cmd 'sh -c true' --health-interval 60s localhost/bb

# one that a unit manages, in the unit's own cgroup, with the lines that Quadlet writes: without Delegate systemd takes the
# controllers away at its next reload, without the last lines a stop leaves a dead container; its sleep ends by SIGKILL
cat >/etc/systemd/system/managed.service <<'X'
[Unit]
Description=A container that systemd manages
[Service]
Type=notify
NotifyAccess=all
Environment=PODMAN_SYSTEMD_UNIT=%n
ExecStart=/usr/bin/podman run --rm --replace --name managed --network none --cgroups=split --sdnotify=conmon -d localhost/bb
ExecStop=/usr/bin/podman stop --time 1 --ignore managed
ExecStopPost=-/usr/bin/podman rm -f --ignore managed
Delegate=yes
KillMode=mixed
SuccessExitStatus=137
TimeoutStartSec=120
[Install]
WantedBy=multi-user.target
X
systemctl daemon-reload
systemctl start managed.service

# rootless, of the user tester: with and without a limit
cat >$files/rootless.sh <<'X'
set -euo pipefail
cd
export XDG_RUNTIME_DIR=/run/user/1000 DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus
systemctl --user start podman.socket
podman load -q -i /var/tmp/workload/bb.tar
podman run -d --name rl1 localhost/bb
podman run -d --name rl2 --network none --memory 48m localhost/bb
X
runuser -u tester -- bash $files/rootless.sh

up() { grep -qs GUEST-UP /var/log/libvirt/qemu/q1-console.log; }
for _ in $(seq 600); do
    up && break
    sleep 1
done
up || { tail -c 1000 /var/log/libvirt/qemu/q1*.log; echo "q1 does not come up"; exit 1; } >&2

# Python's byte code, made once
/opt/venv/bin/python -c 'import textual.app, textual.widgets, podman, psutil, humanize, libvirt'
# and one that spins against its limit, last, because it slows down all that follows
podman run -d --name web -p 8080:80 --memory 64m --cpus 0.5 localhost/bb sh -c 'while :; do :; done'
echo WORKLOAD-UP
