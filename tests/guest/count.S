/* The counting guest: a boot sector that counts, four ticks of the clock each, and
 * says so on COM1, "@COUNT 0000001f". What it reads there: `w` writes the count to
 * the second sector of the disk that was booted, "@WROTE 0000001f", `r` says what is
 * in that sector, "@DISK 0000001f". The count is only in memory, so it tells what
 * memory a machine goes on with. mkboot.sh puts the name in, as for boot.S. */
    .code16
    .text
    .globl _start
_start:
    ljmp $0, $go
    .org 64
go:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    sti
    movb %dl, drive
    movw $com1, %si
set_up:
    lodsb /* register, value; 0xff ends */
    cmpb $0xff, %al
    je next
    movzbw %al, %dx
    addw $0x3f8, %dx
    lodsb
    outb %al, %dx
    jmp set_up
next:
    movl 0x46c, %eax
    movl %eax, last
wait:
    hlt /* until the clock ticks */
    movw $0x3fd, %dx
    inb %dx, %al
    testb $1, %al
    jz 1f
    movw $0x3f8, %dx
    inb %dx, %al
    cmpb $'w', %al
    je write
    cmpb $'r', %al
    je read
1:  movl 0x46c, %eax
    subl last, %eax
    cmpl $4, %eax
    jb wait
    incl count
    movw $counted, %si
    movl count, %eax
    call say
    jmp next
write:
    movl count, %eax
    movl %eax, buffer
    movw $0x0301, %ax
    call disk
    movw $wrote, %si
    jmp tell
read:
    movw $0x0201, %ax
    call disk
    movw $found, %si
tell:
    movl buffer, %eax
    call say
    jmp wait
disk: /* the second sector */
    movw $buffer, %bx
    movw $2, %cx
    xorb %dh, %dh
    movb drive, %dl
    int $0x13
    ret
say: /* the text at SI, EAX as eight digits, the end of the line */
    pushl %eax
    call puts
    popl %eax
    movw $8, %cx
2:  roll $4, %eax
    pushl %eax
    andb $15, %al
    addb $'0', %al
    cmpb $'9', %al
    jbe 3f
    addb $('a' - '9' - 1), %al
3:  call putc
    popl %eax
    loop 2b
    movw $end, %si
puts:
    lodsb
    testb %al, %al
    jz 4f
    call putc
    jmp puts
putc:
    movb %al, %ah
    movw $0x3fd, %dx
5:  inb %dx, %al
    testb $0x20, %al
    jz 5b
    movb %ah, %al
    movw $0x3f8, %dx
    outb %al, %dx
4:  ret

com1: /* no interrupts, 115200 baud, 8n1 */
    .byte 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 0xff
counted:
    .asciz "@COUNT "
wrote:
    .asciz "@WROTE "
found:
    .asciz "@DISK "
end:
    .asciz "\r\n"
drive:
    .byte 0
    .balign 4
count:
    .long 0
last:
    .long 0
    .set buffer, 0x8000
    .org 400 /* mkboot.sh writes the name here: at most 31 bytes */
name:
    .asciz "unnamed"
    .org 510
    .word 0xaa55
