/* The boot-sector guest: 512 bytes that say on COM1 which disk the BIOS booted,
 * "@BOOTED NAME dl=80" with the BIOS's drive number, and then repeat on COM1 and
 * on the screen what is typed on the keyboard. Ctrl-R reboots, Ctrl-O switches
 * off, Ctrl-P panics (pvpanic). mkboot.sh puts the name in. Works as a master
 * boot record and as an El Torito image. */
    .code16
    .text
    .globl _start
_start:
    ljmp $0, $go
    .org 64 /* room for an El Torito boot information table */
go:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %ss
    movw $0x7c00, %sp
    sti
    movb %dl, drive
    movw $com1, %si
set_up:
    lodsb /* register, value; 0xff ends */
    cmpb $0xff, %al
    je say
    movzbw %al, %dx
    addw $0x3f8, %dx
    lodsb
    outb %al, %dx
    jmp set_up
say:
    movw $booted, %si
    call puts
    movw $name, %si
    call puts
    movw $equals, %si
    call puts
    movb drive, %al
    call hex
    movw $end, %si
    call puts
echo: /* the BIOS halts the processor until a key comes */
    xorb %ah, %ah
    int $0x16
    cmpb $0x12, %al
    je reboot
    cmpb $0x0f, %al
    je off
    cmpb $0x10, %al
    je panic
    call putc
    cmpb $0x0d, %al
    jne echo
    movb $0x0a, %al
    call putc
    jmp echo
reboot: /* by the keyboard controller */
    movb $0xfe, %al
    outb %al, $0x64
    jmp echo
off: /* where SeaBIOS puts the power management of q35 and i440fx */
    movw $0x604, %dx
    movw $0x2000, %ax
    outw %ax, %dx
    jmp echo
panic:
    movw $0x505, %dx
    movb $1, %al
    outb %al, %dx
    jmp echo

puts:
    lodsb
    testb %al, %al
    jz 1f
    call putc
    jmp puts
hex: /* AL as two digits */
    pushw %ax
    shrb $4, %al
    call digit
    popw %ax
    andb $15, %al
digit:
    addb $'0', %al
    cmpb $'9', %al
    jbe putc
    addb $('a' - '9' - 1), %al
putc: /* on COM1, and on the screen through the BIOS */
    pushw %ax
    movb %al, %ah
    movw $0x3fd, %dx
2:  inb %dx, %al
    testb $0x20, %al
    jz 2b
    movb %ah, %al
    movw $0x3f8, %dx
    outb %al, %dx
    movb $0x0e, %ah
    movw $7, %bx
    int $0x10
    popw %ax
1:  ret

com1: /* no interrupts, 115200 baud, 8n1 */
    .byte 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 0xff
booted:
    .asciz "\r\n@BOOTED "
equals:
    .asciz " dl="
end:
    .asciz "\r\n"
drive:
    .byte 0
    .org 400 /* mkboot.sh writes the name here: at most 31 bytes */
name:
    .asciz "unnamed"
    .org 510
    .word 0xaa55
